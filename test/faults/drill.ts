import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import type { Summary } from '../../src/core/summary.js'
import { makeSearchedFolder } from '../secrets/canary.js'
import { model } from './endpoint.js'
import { type Program, runProgram, type StartOptions, startProgram } from './program.js'
import { type JournalView, viewJournal } from './run-folder.js'

export type Cells = Readonly<Record<string, string>>

/** One run of the program that is disturbed: its input, its command and its files. */
export interface Drill {
  readonly folder: string
  readonly input: readonly Cells[]
  readonly inputFile: string
  readonly results: string
  readonly runFolder: string
  /** The words of `run`, for this endpoint. */
  words(baseUrl: string): readonly string[]
  start(baseUrl: string, options?: DrillOptions): Program
  run(baseUrl: string, options?: DrillOptions): ReturnType<typeof runProgram>
  journal(): Promise<JournalView>
  readResults(): Promise<Cells[]>
  /** What `status --json` prints. */
  status(): Promise<Summary>
}

export interface DrillOptions extends Omit<StartOptions, 'cwd'> {
  /** Further flags. */
  readonly flags?: readonly string[]
}

/** A folder of its own for a test, searched for the key and gone after it. */
export const makeFolder = (under?: string): Promise<string> => makeSearchedFolder('promptmill-faults-', under)

/** Rows with cells that are easily hurt on the way: quotes, commas, line breaks, blanks at the ends, other scripts. */
export const makeRows = (count: number): Cells[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index + 1).padStart(5, '0'),
    note: ['plain', ' "quoted", twice ', 'two\nlines', '', '\u{1f33e} 麦'][index % 5] ?? '',
    prompt: `Question ${index + 1}: what becomes of "row ${index + 1}", please?`,
  }))

export const parseCsv = (text: string): Cells[] => parse<Cells>(text, { columns: true })

/** Prepares a run in a folder. */
export const makeDrill = async (rows: number, folder?: string): Promise<Drill> => {
  const home = folder ?? (await makeFolder())
  const input = makeRows(rows)
  const inputFile = path.join(home, 'in.csv')
  await writeFile(inputFile, stringify(input, { header: true }))
  const results = path.join(home, 'in.results.csv')
  const runFolder = `${results}.run`
  const words = (baseUrl: string) => ['run', 'in.csv', '--model', model, '--base-url', baseUrl]
  const toStart = (baseUrl: string, { flags = [], ...options }: DrillOptions = {}) =>
    [[...words(baseUrl), ...flags], { ...options, cwd: home }] as const
  return {
    folder: home,
    input,
    inputFile,
    results,
    runFolder,
    words,
    start: (baseUrl, options) => startProgram(...toStart(baseUrl, options)),
    run: (baseUrl, options) => runProgram(...toStart(baseUrl, options)),
    journal: () => viewJournal(runFolder),
    readResults: async () => parseCsv(await readFile(results, 'utf8')),
    async status() {
      const { status, stdout, stderr } = await runProgram(['status', results, '--json'], { cwd: home })
      if (status !== 0) throw new Error(`status ended with ${status}: ${stderr}`)
      return JSON.parse(stdout) as Summary
    },
  }
}
