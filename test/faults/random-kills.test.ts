import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Random } from '../../src/simulator/random.js'
import { makeDrill } from './drill.js'
import { askAll, type Endpoint, startEndpoint } from './endpoint.js'
import { byForm, createSeededRandom, drawInteger, pause, say } from './form.js'
import { expectJournalTold, expectMoney, expectResults, expectSends, expectTidy, expectWhole } from './invariants.js'
import type { Program } from './program.js'
import type { JournalView } from './run-folder.js'

const latencyMs = 100
const flags = ['--concurrency', '16', '--progress', 'json']

/** Where in a session the kill comes. */
type Moment = 'starting' | 'sending' | 'draining' | 'writing'

const drawMoment = (random: Random, rowsLeft: number): Moment => {
  if (rowsLeft === 0) return 'writing'
  const at = random()
  if (at < 0.15) return 'starting'
  if (at < 0.8) return 'sending'
  return at < 0.9 ? 'draining' : 'writing'
}

interface Session {
  readonly program: Program
  readonly endpoint: Endpoint
  readonly random: Random
  /** Calls of this session after which it is disturbed. */
  readonly calls: number
  readonly startUpMs: number
}

/** Resolves when the endpoint has had so many calls more, or the program has ended. */
const waitForCalls = async ({ program, endpoint, calls }: Session): Promise<void> => {
  const before = (await endpoint.ledger()).calls
  while (program.isRunning() && (await endpoint.ledger()).calls < before + calls) await pause(2)
}

const waitFor = (program: Program, event: 'plan' | 'sent'): Promise<void> =>
  program.said(new RegExp(`"event":"${event}"`)).catch(() => undefined)

/** Lives through a session up to the moment of its kill. */
const reach: Readonly<Record<Moment, (session: Session) => Promise<void>>> = {
  // Never long after the first call: a busy machine must not turn this into a session that goes on and on.
  starting: session =>
    Promise.race([pause(session.random() * session.startUpMs), waitForCalls({ ...session, calls: 1 })]),
  async sending(session) {
    await waitForCalls(session)
    await pause(session.random() * latencyMs)
  },
  async draining(session) {
    await waitForCalls(session)
    session.program.child.kill('SIGINT')
    await pause(session.random() * latencyMs)
  },
  async writing({ program, random, ...rest }) {
    if (rest.calls > 0) {
      await waitForCalls({ program, random, ...rest })
      program.child.kill('SIGINT')
    }
    await waitFor(program, rest.calls > 0 ? 'sent' : 'plan')
    await pause(random() * 10)
  },
}

/** Rows that the program has told of: it does so once their answers are synced. */
const acknowledgedRows = ({ stderr }: Program): number[] =>
  [...stderr().matchAll(/^\{"event":"row","row":(\d+),.*\}$/gm)].map(([, row]) => Number(row) - 1)

const expectNothingLost = (before: JournalView, after: JournalView, program: Program): number => {
  const sums = new Map(after.records.map(({ seq, crc }) => [seq, crc]))
  expect(before.records.filter(({ seq, crc }) => sums.get(seq) !== crc)).toEqual([])
  const acknowledged = acknowledgedRows(program)
  expect(acknowledged.filter(row => !after.answers.has(row))).toEqual([])
  return acknowledged.length
}

const showCounts = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${count} ${name}`).join(', ')

/** Hundreds of sessions, one after the other. */
const patience = { timeout: 1_800_000 }

describe('P1: kill -9 at random moments of one run, resumed each time', () => {
  const { runs, wanted, rows } = byForm({
    short: { runs: 1, wanted: 8, rows: 120 },
    long: { runs: 5, wanted: 100, rows: 1500 },
  })
  const each = Array.from({ length: runs }, (_, index) => index + 1)

  it.each(each)('answers every row once and sends again only what was in flight (run %i)', patience, async run => {
    const random = createSeededRandom(`random kills of run ${run}`)
    const drill = await makeDrill(rows)
    const endpoint = await startEndpoint(['--latency-ms', String(latencyMs), '--latency-tail', '0.02'])
    const inFlight = new Set<string>()
    const kills = new Map<Moment, number>()
    let killed = 0
    let acknowledged = 0
    let startUpMs = 1000
    let journal = await drill.journal()

    for (let sessions = 0; killed < wanted && sessions < 4 * wanted; sessions++) {
      const rowsLeft = rows - journal.answers.size
      const fair = Math.max(1, Math.round(rowsLeft / Math.max(1, 0.8 * (wanted - killed))))
      const moment = drawMoment(random, rowsLeft)
      const calls = rowsLeft === 0 ? 0 : drawInteger(random, 1, 2 * fair - 1)
      const began = performance.now()
      const program = drill.start(endpoint.url, { flags })
      void waitFor(program, 'plan').then(() => {
        startUpMs = performance.now() - began
      })
      await reach[moment]({ program, endpoint, random, calls, startUpMs: 1.2 * startUpMs })
      program.child.kill('SIGKILL')
      const { status, signal } = await program.ended
      if (signal === null) expect([0, 130], program.stderr()).toContain(status)
      else {
        killed += 1
        kills.set(moment, (kills.get(moment) ?? 0) + 1)
      }
      const after = await drill.journal()
      acknowledged += expectNothingLost(journal, after, program)
      for (const name of after.open) inFlight.add(name)
      await expectWhole(drill)
      journal = after
    }

    const last = await drill.run(endpoint.url, { flags })
    expect(last.status, last.stderr).toBe(0)
    const calls = await endpoint.calls()
    const aftermath = { drill, journal: await drill.journal(), calls, inFlight }
    const { repeats } = expectSends(aftermath)
    await expectResults(drill, await askAll(endpoint.url, drill.input))
    await expectJournalTold(aftermath)
    await expectMoney(aftermath, await drill.status())
    const results = await readFile(drill.results)
    const asked = (await endpoint.ledger()).calls
    const again = await drill.run(endpoint.url, { flags })
    expect(again.status, again.stderr).toBe(0)
    expect((await endpoint.ledger()).calls).toBe(asked)
    expect(await readFile(drill.results)).toEqual(results)
    await expectTidy(drill)
    expect(killed).toBe(wanted)
    expect(inFlight.size).toBeGreaterThan(wanted)
    say(
      `0 of ${acknowledged} acknowledged answers lost in ${killed} kills (${showCounts(kills)}), ${rows} rows; ` +
        `${calls.length} calls, ${repeats} of them repeats of rows in flight at a kill (${inFlight.size} were)`,
    )
  })
})
