import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Drill, makeDrill } from './drill.js'
import { byForm, createSeededRandom, drawInteger, isLong, say } from './form.js'
import { expectResults } from './invariants.js'
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.js'
import { resumeHere } from './resume.js'
import { answerShortly, shortAnswer } from './short-answers.js'

const rows = 3
const newline = 10

/** A finished run, to be cut. */
interface Finished {
  readonly drill: Drill
  readonly endpoint: LocalEndpoint
  readonly journal: Buffer
  /** A copy of its folder. */
  readonly copy: string
}

const finishRun = async (): Promise<Finished> => {
  const drill = await makeDrill(rows)
  const endpoint = await startLocalEndpoint({}, { respond: answerShortly })
  await resumeHere(drill, endpoint.url)
  const copy = path.join(drill.folder, 'copy')
  await cp(drill.runFolder, copy, { recursive: true })
  return { drill, endpoint, journal: await readFile(path.join(copy, 'journal-0001.jsonl')), copy }
}

/** Where the lines of a journal end: the newline's own place. */
const lineEnds = (journal: Buffer): number[] => [...journal].flatMap((byte, at) => (byte === newline ? [at] : []))

/** Rows answered by the records that are whole: a last one may lack its newline. */
const answeredBefore = (journal: Buffer, cut: number): number =>
  journal
    .subarray(0, lineEnds(journal).findLast(end => end <= cut) ?? 0)
    .toString()
    .split('\n')
    .filter(line => line.includes('"kind":"answer"')).length

/** Cuts the journal of the finished run at a byte, goes on, and checks that nothing was lost and nothing paid twice. */
const expectMended = async ({ drill, endpoint, journal, copy }: Finished, cut: number): Promise<void> => {
  const file = path.join(drill.runFolder, 'journal-0001.jsonl')
  await rm(drill.runFolder, { recursive: true })
  await rm(drill.results, { force: true })
  await cp(copy, drill.runFolder, { recursive: true })
  await writeFile(file, journal.subarray(0, cut))
  endpoint.reset()
  const { summary } = await resumeHere(drill, endpoint.url)
  expect(summary.rows.ok).toBe(rows)
  expect(endpoint.ledger().calls).toBe(rows - answeredBefore(journal, cut))
  await expectResults(
    drill,
    drill.input.map(row => shortAnswer(row['prompt'] ?? '')),
  )

  // Every byte is still there: at its place, or, when it was part of a torn record, beside the journal.
  const whole = lineEnds(journal).findLast(end => end <= cut) ?? 0
  const now = await readFile(file)
  expect(now.subarray(0, whole).equals(journal.subarray(0, whole))).toBe(true)
  const torn = (await readdir(drill.runFolder)).filter(name => name.includes('.torn-'))
  const from = journal[whole] === newline ? whole + 1 : 0
  const aside = torn[0] === undefined ? now.subarray(from, cut) : await readFile(path.join(drill.runFolder, torn[0]))
  expect(aside.equals(journal.subarray(from, cut))).toBe(true)
}

describe('a journal that ends in the middle', () => {
  it('D5: cut at any byte, the run goes on, and sends only the rows without a whole answer', {
    timeout: 1_800_000,
  }, async () => {
    const finished = await finishRun()
    const { journal } = finished
    const random = createSeededRandom('cuts of a journal')
    const ends = lineEnds(journal)
    const near = ends.flatMap(end => [end - 1, end, end + 1, end + 2]).filter(cut => cut <= journal.length)
    const drawn = Array.from({ length: 25 }, () => drawInteger(random, 0, journal.length))
    const every = Array.from({ length: journal.length + 1 }, (_, cut) => cut)
    const cuts = byForm({ short: [...new Set([0, 1, ...near, ...drawn])], long: every })
    for (const cut of cuts) await expectMended(finished, cut)
    say(
      `0 whole records lost in ${cuts.length} cuts of a journal of ${journal.length} bytes` +
        (isLong ? ', one at every byte' : ''),
    )
  })
})
