import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { expect } from 'vitest'
import { formatUsd, parseUsd } from '../../src/core/money.js'
import type { Summary } from '../../src/core/summary.js'
import type { Cells, Drill } from './drill.js'
import type { EndpointCall } from './endpoint.js'
import { type JournalView, sendName } from './run-folder.js'

/** What a disturbed run came to, seen from all sides. */
export interface Aftermath {
  readonly drill: Drill
  readonly journal: JournalView
  readonly calls: readonly EndpointCall[]
  /** Names of the sends of which nothing had been heard when the process was killed. */
  readonly inFlight: ReadonlySet<string>
}

const sumUsd = (amounts: readonly (string | null | undefined)[]): string =>
  formatUsd(amounts.reduce((sum, amount) => sum + (parseUsd(amount ?? '') ?? 0n), 0n))

const byRow = (calls: readonly EndpointCall[]): Map<number, EndpointCall[]> => {
  const rows = new Map<number, EndpointCall[]>()
  for (const call of calls) rows.set(call.row, [...(rows.get(call.row) ?? []), call])
  return rows
}

/** Rows, counted from 1, whose response is another one: few words where a list of all answers would fill a screen. */
const differing = (results: readonly Cells[], responses: readonly (string | undefined)[]): number[] =>
  results.flatMap((row, index) => (row['response'] === responses[index] ? [] : [index + 1]))

/** Every row once, in input order, its own cells as they were, with the answer that the endpoint gave to its prompt. */
export const expectResults = async (drill: Drill, given: readonly string[]): Promise<void> => {
  const results = await drill.readResults()
  expect(results.map(({ id, note, prompt }) => ({ id, note, prompt }))).toEqual(drill.input)
  expect(results.filter(row => row['status'] !== 'ok' || row['error_code'] !== '')).toEqual([])
  expect(differing(results, given)).toEqual([])
}

/** What the journal holds is what the results show: the answer's text, and how many calls were made for it. */
export const expectJournalTold = async ({ drill, journal, calls }: Aftermath): Promise<void> => {
  const results = await drill.readResults()
  const answers = results.map((_, row) => journal.answers.get(row))
  const texts = answers.map(answer => JSON.parse(answer?.body ?? '{}').choices?.[0]?.message.content as string)
  expect(differing(results, texts)).toEqual([])
  expect(results.map(row => Number(row['attempts']))).toEqual(answers.map(answer => answer?.attempt))
  // A send that was announced and not made before the kill counts: it may have been made.
  const made = byRow(calls)
  expect(results.filter((row, index) => Number(row['attempts']) < (made.get(index)?.length ?? 0))).toEqual([])
}

/** Calls of a row beyond its last one, each of which needs a reason. */
const repeatsOf = (calls: readonly EndpointCall[]): EndpointCall[] =>
  [...byRow(calls).values()].flatMap(sends => sends.slice(0, -1))

/**
 * A row is sent again only if it was in flight when the process was killed; nothing is sent without its start in the
 * journal; the answer that a row has is that of its last call, so a completed row is never sent again.
 */
export const expectSends = ({ calls, journal, inFlight, drill }: Aftermath): { repeats: number } => {
  expect(calls.filter(call => !journal.started.has(sendName(call)))).toEqual([])
  expect(new Set(calls.map(sendName)).size).toBe(calls.length)
  const repeats = repeatsOf(calls)
  expect(repeats.filter(call => !inFlight.has(sendName(call)))).toEqual([])
  const rows = byRow(calls)
  expect([...rows.keys()].sort((a, b) => a - b)).toEqual(drill.input.map((_, row) => row))
  const last = [...rows].map(([row, sends]) => [row, sends.at(-1)?.attempt])
  expect(last).toEqual([...rows.keys()].map(row => [row, journal.answers.get(row)?.attempt]))
  for (const sends of rows.values()) expect(new Set(sends.map(call => call.key)).size).toBe(1)
  return { repeats: repeats.length }
}

/** The cost told is that of the answers that are in the journal, to the last digit, wherever it is told. */
export const expectMoney = async ({ drill, journal, calls }: Aftermath, status: Summary): Promise<void> => {
  const kept = new Set([...journal.answers.values()].map(sendName))
  const charged = sumUsd(calls.filter(call => kept.has(sendName(call))).map(call => call.cost_usd))
  const results = await drill.readResults()
  expect(sumUsd(results.map(row => row['cost_usd']))).toBe(charged)
  expect(status.cost_usd).toBe(charged)
  const total = (name: string): number => results.reduce((sum, row) => sum + Number(row[name]), 0)
  expect(status).toMatchObject({
    rows: { total: results.length, ok: results.length, failed: 0, pending: 0 },
    attempts: total('attempts'),
    cost_unknown_rows: 0,
    tokens: { prompt: total('prompt_tokens'), completion: total('completion_tokens') },
  })
}

/** Whatever moment it is, the results are there whole or not at all. */
export const expectWhole = async ({ results, readResults, input }: Drill): Promise<void> => {
  if (!existsSync(results)) return
  expect((await readResults()).map(row => row['id'])).toEqual(input.map(row => row['id']))
}

/** What crashes left behind is gone: half-written files, locks, the reserve. What they tore off a journal is kept. */
export const expectTidy = async ({ folder, runFolder }: Drill): Promise<void> => {
  const own = /^(in\.csv|in\.results\.csv|in\.results\.csv\.run)$/
  expect((await readdir(folder)).filter(name => !own.test(name))).toEqual([])
  const kept = /^(manifest\.json|finished\.json|written\.json|journal-\d+\.(jsonl|torn-\d+))$/
  expect((await readdir(runFolder)).filter(name => !kept.test(name))).toEqual([])
}
