import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import type { RowOutcome } from '../../src/commands/ports.js'
import { retry } from '../../src/commands/retry.js'
import { type RunResult, run } from '../../src/commands/run.js'
import { readStatus } from '../../src/commands/status.js'
import { type Clock, systemClock } from '../../src/core/clock.js'
import { type CrashImage, createCrashImage } from './crash-image.js'
import { parseCsv } from './drill.js'
import { model } from './endpoint.js'
import { readTruth, refsOf, type Truth } from './journal-truth.js'
import { type NumberedRecord, readJournal } from './run-folder.js'
import { promptIn, type UnsteadyEndpoint } from './unsteady-endpoint.js'

/** How a session comes to its end. */
export type SessionEnd =
  | { readonly how: 'finish' }
  /** At its nth call it is told to end: in good order, or at once. */
  | { readonly how: 'drain' | 'abandon'; readonly at: number }
  /** At its nth call or outcome it dies; a power failure also takes that share of what was not synced. */
  | { readonly how: 'die'; readonly at: number; readonly by: 'call' | 'outcome'; readonly lost: number }

export interface Step {
  /** The prompts of the input, by number, when it is edited before the session. */
  readonly edit: readonly number[] | undefined
  /** Whether the session is a `retry`. */
  readonly again: boolean
  /** Share of calls that fail. */
  readonly failing: number
  readonly end: SessionEnd
}

/** Time runs faster than on the wall: a backoff should not be waited out a thousand times. */
const quickness = 50
const quickClock: Clock = {
  now: () => systemClock.now() * quickness,
  wall: systemClock.wall,
  after: (ms, call) => systemClock.after(ms / quickness, call),
}

const ports = { env: {}, clock: quickClock, random: Math.random, out: () => Promise.resolve(true) }

/** Brings a session to its end at the right moment. */
const createTrigger = (end: SessionEnd, onDeath: () => void) => {
  const drain = new AbortController()
  const abandon = new AbortController()
  const counts = { call: 0, outcome: 0 }
  return {
    signals: { signal: drain.signal, abandonSignal: abandon.signal },
    count(what: 'call' | 'outcome'): void {
      counts[what] += 1
      if (end.how === 'finish' || counts[what] !== end.at) return
      if (what !== (end.how === 'die' ? end.by : 'call')) return
      if (end.how === 'die') onDeath()
      drain.abort()
      if (end.how !== 'drain') abandon.abort()
    },
  }
}

/** What a session did, up to its death if it died. */
interface Session {
  readonly result: RunResult
  /** Whether it was a `retry`: failed rows are sent again, and no others. */
  readonly again: boolean
  /** Prompts that the endpoint was asked. */
  readonly asked: readonly string[]
  readonly died: boolean
}

/** The results tell the truth of the journal, row by row, and so does `status`. */
const expectTold = async (output: string, prompts: readonly string[], truth: Truth): Promise<void> => {
  const refs = refsOf(prompts)
  const rows = parseCsv(await readFile(output, 'utf8'))
  const expected = refs.map(ref => {
    if (truth.good.has(ref)) return { status: 'ok', response: truth.good.get(ref) }
    return { status: truth.failed.has(ref) ? 'failed' : 'pending', response: '' }
  })
  expect(rows.map(({ prompt }) => prompt)).toEqual(prompts)
  expect(rows.map(({ status, response }) => ({ status, response }))).toEqual(expected)
  const answered = rows.filter(row => row['status'] === 'ok')
  // Each answer is one to the row's own prompt, and no two rows have the same.
  expect(answered.map(row => promptIn(row['response'] ?? ''))).toEqual(answered.map(row => row['prompt']))
  expect(new Set(answered.map(row => row['response'])).size).toBe(answered.length)
  const count = (status: string): number => rows.filter(row => row['status'] === status).length
  const counts = { total: rows.length, ok: count('ok'), failed: count('failed'), pending: count('pending') }
  expect((await readStatus(output)).summary.rows).toEqual(counts)
}

/** Where a run lives. */
interface Place {
  readonly endpoint: UnsteadyEndpoint
  readonly input: string
  readonly output: string
  readonly runFolder: string
  readonly image: CrashImage
}

const makePlace = (endpoint: UnsteadyEndpoint, folder: string): Place => {
  const output = path.join(folder, 'out.csv')
  const runFolder = `${output}.run`
  return { endpoint, input: path.join(folder, 'in.jsonl'), output, runFolder, image: createCrashImage(runFolder) }
}

/** Starts a session and lets it come to its end. `onAnswer` is told of the row, from 0, and the text. */
const holdSession = async (
  { endpoint, input, output, runFolder, image }: Place,
  { again, failing, end }: Step,
  onAnswer: (row: number, text: string) => void,
): Promise<Session> => {
  const askedFrom = endpoint.asked.length
  let askedUntil: number | undefined
  const trigger = createTrigger(end, () => {
    askedUntil = endpoint.asked.length
    image.take()
  })
  const onOutcome = ({ row, outcome }: RowOutcome): void => {
    // Whoever is dead tells nobody.
    if (askedUntil !== undefined) return
    if (outcome.status === 'ok') onAnswer(row - 1, outcome.response ?? '')
    trigger.count('outcome')
  }
  Object.assign(endpoint, { failing, onCall: () => trigger.count('call') })
  const sending = { baseUrl: endpoint.url, concurrency: 4, retries: 1, ...trigger.signals }
  const isThere = (await stat(path.join(runFolder, 'manifest.json')).catch(() => undefined)) !== undefined
  const result =
    again && isThere
      ? await retry({ results: output, ...sending }, ports, { onOutcome })
      : await run({ input, output, model, ...sending }, ports, { notify: { onOutcome } })
  const asked = endpoint.asked.slice(askedFrom, askedUntil)
  return { result, again: again && isThere, asked, died: askedUntil !== undefined }
}

/** A run that lives through one session after another. */
export interface World {
  /** Lives through a session and checks everything. Returns what the session itself came to. */
  live(step: Step): Promise<RunResult>
  readonly counts: { readonly sessions: number; readonly deaths: number }
  /** Answers that were told of, by request. */
  readonly acknowledged: ReadonlyMap<string, string>
}

/** Begins a run's life in a folder. */
export const createWorld = (endpoint: UnsteadyEndpoint, folder: string): World => {
  const place = makePlace(endpoint, folder)
  const { input, output, runFolder, image } = place
  const acknowledged = new Map<string, string>()
  const promptOfKey = new Map<string, string>()
  const counts = { sessions: 0, deaths: 0 }
  let prompts: readonly string[] = []

  const edit = async (numbers: readonly number[]): Promise<void> => {
    prompts = numbers.map(number => `Prompt ${number}`)
    await writeFile(input, prompts.map(prompt => `${JSON.stringify({ prompt })}\n`).join(''))
  }
  /** Learns which prompt a key stands for, from the records of a session over the present input. */
  const learnKeys = (records: readonly NumberedRecord[]): void => {
    for (const record of records) if ('row' in record) promptOfKey.set(record.key, prompts[record.row] ?? '?')
  }

  return {
    counts,
    acknowledged,
    async live(step) {
      if (step.edit !== undefined) await edit(step.edit)
      const refs = refsOf(prompts)
      const before = await readJournal(runFolder)
      const known = readTruth(before, promptOfKey)
      await image.begin()
      const session = await holdSession(place, step, (row, text) => acknowledged.set(refs[row] ?? '?', text))
      counts.sessions += 1
      if (session.died) counts.deaths += 1
      if (step.end.how === 'die' && session.died) await image.putBack(step.end.lost, new Set(acknowledged.values()))

      const after = await readJournal(runFolder)
      learnKeys(after.filter(({ seq }) => seq > (before.at(-1)?.seq ?? 0)))
      const truth = readTruth(after, promptOfKey)
      expect([...acknowledged].filter(([ref, text]) => truth.good.get(ref) !== text)).toEqual([])
      // A retry sends what has failed, a run what has no outcome.
      const isWanted = (ref: string): boolean =>
        session.again ? known.failed.has(ref) : !known.good.has(ref) && !known.failed.has(ref)
      const wanted = new Set(prompts.filter((_, row) => isWanted(refs[row] ?? '')))
      expect(session.asked.filter(prompt => !wanted.has(prompt))).toEqual([])
      if (session.died) return session.result
      await expectTold(output, prompts, truth)
      if (session.result.stop === undefined && !session.again) expect(session.result.summary.rows.pending).toBe(0)
      return session.result
    },
  }
}
