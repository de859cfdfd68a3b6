import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Drill, makeDrill, makeFolder } from './drill.js'
import { say } from './form.js'
import { expectResults, expectSends } from './invariants.js'
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.js'
import { type Program, startProgram } from './program.js'
import { resumeHere } from './resume.js'
import { promptOf, shortCompletion } from './short-answers.js'

const execute = promisify(execFile)
const rows = 150
const flags = ['--concurrency', '16', '--progress', 'json']

/**
 * Answers of 20 kB: the disk is full, or the file too large, somewhere in the middle. Half of that is nothing that
 * results show, so that there is room for those.
 */
const longAnswer = (prompt: string): string => `${prompt} `.repeat(Math.ceil(8_000 / (prompt.length + 1)))
const padding = 'x'.repeat(12_000)

const pad = (completion: string): string => completion.replace(/\}$/, `,"padding":"${padding}"}`)

const startEndpoint = (): Promise<LocalEndpoint> =>
  startLocalEndpoint({}, { respond: call => ({ body: pad(shortCompletion(longAnswer(promptOf(call)))) }) })

/** Rows that the program has told of as settled, from 0. */
const acknowledgedRows = ({ stderr }: Pick<Program, 'stderr'>): number[] =>
  [...stderr().matchAll(/^\{"event":"row","row":(\d+),.*\}$/gm)].map(([, row]) => Number(row) - 1)

/** The run stopped in its middle and has kept whatever was answered; with room again it goes on to its end. */
const expectStopAndResume = async (
  { drill, endpoint, program }: { drill: Drill; endpoint: LocalEndpoint; program: Program },
  makeRoom: () => Promise<unknown>,
): Promise<string> => {
  const { status } = await program.ended
  expect(status, program.stderr()).toBe(1)
  const before = await drill.journal()
  const acknowledged = acknowledgedRows(program)
  expect(acknowledged.filter(row => !before.answers.has(row))).toEqual([])
  const { calls, answered } = endpoint.ledger()
  expect(calls).toBeLessThan(rows)
  // Not only what was told of: everything that came back has found a place.
  expect(before.answers.size).toBe(answered)
  expect(program.stderr().trimEnd().split('\n').at(-1)).toMatch(/^resume with: promptmill run in\.csv /)
  // On a disk that is full to the last byte there may be no room for them.
  const results = existsSync(drill.results) ? await drill.readResults() : undefined
  if (results !== undefined) expect(results.filter(row => row['status'] === 'ok')).toHaveLength(answered)

  await makeRoom()
  await resumeHere(drill, endpoint.url)
  const aftermath = {
    drill,
    journal: await drill.journal(),
    calls: endpoint.rowCalls(),
    inFlight: before.open,
  }
  const { repeats } = expectSends(aftermath)
  await expectResults(
    drill,
    drill.input.map(row => longAnswer(row['prompt'] ?? '')),
  )
  return `stopped after ${calls} of ${rows} calls, 0 of ${acknowledged.length} acknowledged answers lost, ${repeats} repeated`
}

/** A small file system in memory; undefined where it may not be mounted. */
const mountSmall = async (size: string): Promise<string | undefined> => {
  const folder = await makeFolder()
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder])
  } catch {
    return undefined
  }
  onTestFinished(async () => {
    await execute('umount', ['--lazy', folder])
  })
  return folder
}

describe('a disk without room', () => {
  it('D1: full in the middle of a run: sending stops, what was answered is kept, and the run goes on when there is room', async () => {
    const folder = await mountSmall('2500k')
    if (folder === undefined) {
      say('D1: no small file system can be mounted here: the size limit of D10 stands for it')
      return expect(folder).toBeUndefined()
    }
    const drill = await makeDrill(rows, folder)
    const endpoint = await startEndpoint()
    const program = drill.start(endpoint.url, { flags })
    const told = await expectStopAndResume({ drill, endpoint, program }, () =>
      execute('mount', ['-o', 'remount,size=64m', folder]),
    )
    expect(program.stderr()).toMatch(/the disk is full/)
    say(`D1: full disk (tmpfs): ${told}`)
  })

  it('D7: too small from the start: the run is refused before anything is sent', async () => {
    const folder = await mountSmall('600k')
    if (folder === undefined) {
      say('D7: no small file system can be mounted here')
      return expect(folder).toBeUndefined()
    }
    const drill = await makeDrill(rows, folder)
    const endpoint = await startEndpoint()
    const { status, stderr } = await drill.run(endpoint.url)
    expect(status, stderr).toBe(2)
    expect(stderr).toMatch(/^error: There is too little room in \S+: 0\.\d MB free, and at least 1\.\d MB needed$/m)
    expect(endpoint.ledger().calls).toBe(0)
  })

  it.skipIf(process.platform === 'win32')(
    'D10: at the limit of a file: sending stops, what was answered is kept, and the run goes on without the limit',
    async () => {
      const drill = await makeDrill(rows)
      const endpoint = await startEndpoint()
      // In blocks of 512 bytes: 1.25 MiB, a little more than the reserve.
      const through = ['sh', '-c', 'ulimit -f 2560; exec "$@"', 'sh']
      const program = startProgram([...drill.words(endpoint.url), ...flags], { cwd: drill.folder, through })
      const told = await expectStopAndResume({ drill, endpoint, program }, async () => {
        expect(existsSync(drill.results)).toBe(true)
      })
      expect(program.stderr()).toMatch(/size limit/)
      say(`D10: file-size limit (ulimit -f): ${told}`)
    },
  )

  it.skipIf(process.platform === 'win32')(
    'D10: at the limit of a file: speaks of no answers in the results where not a single one could be kept',
    async () => {
      const drill = await makeDrill(1)
      const huge = 'x'.repeat(2_000_000)
      const endpoint = await startLocalEndpoint({}, { respond: () => ({ body: shortCompletion(huge) }) })
      const through = ['sh', '-c', 'ulimit -f 2560; exec "$@"', 'sh']
      const program = startProgram(drill.words(endpoint.url), { cwd: drill.folder, through })
      expect((await program.ended).status, program.stderr()).toBe(1)
      expect(program.stderr()).toContain('the file reached the size limit')
      expect((await drill.readResults()).map(row => row['status'])).toEqual(['pending'])
      expect(program.stderr()).not.toContain('What was answered')
    },
  )
})
