import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Drill, makeDrill, makeFolder } from './drill.js'
import { askAll, type EndpointCall } from './endpoint.js'
import { byForm, createSeededRandom, drawInteger, say } from './form.js'
import { expectJournalTold, expectMoney, expectResults, expectSends, expectTidy, expectWhole } from './invariants.js'
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.js'
import type { StartOptions } from './program.js'
import { resumeHere } from './resume.js'

const rows = byForm({ short: 3, long: 8 })
const flags = ['--concurrency', '1', '--progress', 'none']
const killSwitch = fileURLToPath(new URL('./kill-switch.mjs', import.meta.url))

/** One way to kill the program at a certain call. */
type Killer = (drill: Drill) => Pick<StartOptions, 'env' | 'nodeOptions' | 'through'>

/**
 * The files of a run, by a pattern for their path below its folder. Each is counted by itself: how many writes and
 * syncs the journal shares out among its records is a matter of moments, and would shift the count of all others.
 * `few` is how many kills the short form is content with.
 */
const files = {
  lock: { path: 'lock', few: 2 },
  manifest: { path: 'manifest', few: 2 },
  reserve: { path: 'reserve', few: 1 },
  journal: { path: 'journal|run$', few: 6 },
  results: { path: String.raw`^(\.?in\.results\.csv(\.tmp)?)?$`, few: 2 },
} as const

type FileName = keyof typeof files

/** Counts inside the program, on every system; knows half a write. */
const inside =
  (file: FileName, how: 'before' | 'half') =>
  (at: number): Killer =>
  ({ folder }) => ({
    nodeOptions: ['--import', killSwitch],
    env: { KILL_UNDER: folder, KILL_FILE: files[file].path, KILL_AT: String(at), KILL_HOW: how },
  })

/** Counts in the kernel's view. One thread, since strace counts each thread's calls by themselves. */
const traced =
  (call: string) =>
  (at: number): Killer =>
  () => ({
    through: ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `inject=${call}:signal=SIGKILL:when=${at}`],
    env: { UV_THREADPOOL_SIZE: '1' },
  })

const canTrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0

/** What a run and its resumes need: an endpoint, its answers, and a folder for one drill after another. */
interface Bench {
  readonly endpoint: LocalEndpoint
  readonly answers: readonly string[]
  readonly folder: string
}

/** Where a drill begins: with nothing, or with what an earlier kill has left. */
interface Scene {
  /** The folder that it left. */
  readonly left?: string
  readonly calls: readonly EndpointCall[]
  readonly inFlight: ReadonlySet<string>
}

const nothingYet: Scene = { calls: [], inFlight: new Set() }

const makeBench = async (): Promise<Bench> => {
  const endpoint = await startLocalEndpoint({ outputTokens: 8 })
  const folder = await makeFolder()
  const answers = await askAll(endpoint.url, (await makeDrill(rows, folder)).input)
  return { endpoint, answers, folder }
}

const makeNextDrill = async ({ folder, endpoint }: Bench, name: string, { left }: Scene): Promise<Drill> => {
  const home = path.join(folder, name)
  await mkdir(home)
  const drill = await makeDrill(rows, home)
  if (left !== undefined) await cp(left, drill.runFolder, { recursive: true })
  endpoint.reset()
  return drill
}

/** Runs the program until it is killed; false when it came to its end. */
const runAndKill = async ({ endpoint }: Bench, drill: Drill, killer: Killer): Promise<boolean> => {
  const { status, signal, stderr } = await drill.run(endpoint.url, { flags, ...killer(drill) })
  if (signal === null) expect(status, stderr).toBe(0)
  return signal === 'SIGKILL'
}

/** Goes on after the kills and checks everything. Returns how many calls were repeats. */
const expectMended = async ({ endpoint, answers }: Bench, drill: Drill, scene: Scene): Promise<number> => {
  await expectWhole(drill)
  const inFlight = new Set([...scene.inFlight, ...(await drill.journal()).open])
  const { summary } = await resumeHere(drill, endpoint.url)
  const calls = [...scene.calls, ...endpoint.rowCalls()]
  const aftermath = { drill, journal: await drill.journal(), calls, inFlight }
  const { repeats } = expectSends(aftermath)
  await expectResults(drill, answers)
  await expectJournalTold(aftermath)
  await expectMoney(aftermath, summary)
  await expectTidy(drill)
  return repeats
}

interface Count {
  kills: number
  repeats: number
}

interface Plan {
  readonly name: string
  readonly toKiller: (at: number) => Killer
  readonly from: number
  readonly by: number
  /** No more kills than this. */
  readonly most?: number
}

/** Kills one run after another, each a bit later, until one comes to its end before its kill. */
const killAtEach = async (bench: Bench, plan: Plan, scene: Scene = nothingYet): Promise<Count> => {
  const count = { kills: 0, repeats: 0 }
  for (let at = plan.from; count.kills < (plan.most ?? Infinity); at += plan.by) {
    const drill = await makeNextDrill(bench, `${plan.name}-${at}`, scene)
    const killed = await runAndKill(bench, drill, plan.toKiller(at))
    count.repeats += await expectMended(bench, drill, scene)
    if (!killed) return count
    count.kills += 1
  }
  return count
}

const add = (counts: readonly Count[]): Count => ({
  kills: counts.reduce((sum, { kills }) => sum + kills, 0),
  repeats: counts.reduce((sum, { repeats }) => sum + repeats, 0),
})

const fileNames = Object.keys(files) as FileName[]

/**
 * Kills at the operations on each file, one after another; in the short form at some of them. Two files at a time: one
 * waits for its disk while the other computes.
 */
const killAtFiles = async (how: 'before' | 'half'): Promise<Count> => {
  const random = createSeededRandom(`kills, ${how}`)
  // All but the journal are written once: there the first half of a write is the only one.
  const toPlan = (file: FileName): Plan => {
    const by = byForm({ short: how === 'half' && file !== 'journal' ? 1 : 2, long: 1 })
    const most = byForm({ short: how === 'half' && file !== 'journal' ? 1 : files[file].few, long: Infinity })
    return { name: `${how}-${file}`, toKiller: inside(file, how), from: drawInteger(random, 1, by), by, most }
  }
  const queue = fileNames.map(toPlan)
  const lane = async (): Promise<Count> => {
    const bench = await makeBench()
    const counts: Count[] = []
    for (let plan = queue.shift(); plan !== undefined; plan = queue.shift()) counts.push(await killAtEach(bench, plan))
    return add(counts)
  }
  return add(await Promise.all([lane(), lane()]))
}

const tell = (where: string, { kills, repeats }: Count): void =>
  say(`0 answers lost in ${kills} kills ${where}; ${repeats} calls repeated, each in flight at its kill`)

const share = byForm({ short: 'some', long: 'all' })
const timeout = byForm({ short: 300_000, long: 1_800_000 })

describe('P2: kill -9 at every file operation of a small run', () => {
  it('loses nothing when it comes before the operation', { timeout }, async () => {
    const count = await killAtFiles('before')
    expect(count.kills).toBeGreaterThan(byForm({ short: 8, long: 4 * rows }))
    tell(`before ${share} writes, syncs, renames, links and unlinks (counted inside the program)`, count)
  })

  it('loses nothing when it comes in the middle of a write', { timeout }, async () => {
    const count = await killAtFiles('half')
    expect(count.kills).toBeGreaterThanOrEqual(rows)
    tell(`in the middle of ${share} writes`, count)
  })

  it('D9: loses nothing when it comes again while the journal is mended', { timeout }, async () => {
    const bench = await makeBench()
    // In the journal's middle: one row is in flight, a record is torn.
    const first = await makeNextDrill(bench, 'torn', nothingYet)
    expect(await runAndKill(bench, first, inside('journal', 'half')(rows))).toBe(true)
    expect(await readFile(path.join(first.runFolder, 'journal-0001.jsonl'), 'utf8')).toMatch(/[^\n]$/)
    const scene = {
      left: first.runFolder,
      calls: bench.endpoint.rowCalls(),
      inFlight: (await first.journal()).open,
    }
    const [by, most] = byForm({ short: [3, 4], long: [1, Infinity] })
    const from = drawInteger(createSeededRandom('kills of a recovery'), 1, by)
    const plan = { name: 'mending', toKiller: inside('journal', 'before'), from, by, most }
    const count = await killAtEach(bench, plan, scene)
    expect(count.kills).toBeGreaterThan(0)
    tell('of a session that mends a torn journal', count)
  })

  it('loses nothing when the kernel counts the calls', { timeout }, async () => {
    if (!canTrace) {
      say('strace cannot be used here: the calls were counted inside the program alone')
      return expect(canTrace).toBe(false)
    }
    const random = createSeededRandom('system calls')
    const calls = byForm({
      short: ['pwrite64', 'fdatasync', 'rename'],
      long: ['pwrite64', 'fdatasync', 'fsync', 'rename', 'link', 'unlink'],
    })
    const bench = await makeBench()
    for (const call of calls) {
      // A rename of the manifest and one of the results; of the others there is at least one a row.
      const from = byForm({ short: drawInteger(random, 1, call === 'rename' ? 2 : rows), long: 1 })
      const most = byForm({ short: 1, long: Infinity })
      const plan = { name: call, toKiller: traced(call), from, by: 1, most }
      const count = await killAtEach(bench, plan)
      expect(count.kills).toBeGreaterThan(0)
      tell(`at a ${call} (counted by strace)`, count)
    }
  })
})
