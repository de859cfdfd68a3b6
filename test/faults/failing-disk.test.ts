import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeDrill } from './drill.js'
import { say } from './form.js'
import { startHeldEndpoint } from './held-endpoint.js'
import { expectResults, expectSends } from './invariants.js'
import { startLocalEndpoint } from './local-endpoint.js'
import { resumeHere } from './resume.js'
import { answerShortly, shortAnswer } from './short-answers.js'

const canTrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0

describe('a disk that fails in the middle of a run', () => {
  it('D4: at a sync: sending stops, what was answered is kept in another segment, and the run goes on', async () => {
    if (!canTrace) {
      say('D4: strace cannot be used here: the syncs were failed inside the program alone')
      return expect(canTrace).toBe(false)
    }
    const rows = 40
    const drill = await makeDrill(rows)
    const endpoint = await startLocalEndpoint({}, { respond: answerShortly })
    const through = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=fdatasync:error=EIO:when=4']
    const { status, stderr } = await drill.run(endpoint.url, {
      through,
      env: { UV_THREADPOOL_SIZE: '1' },
      flags: ['--concurrency', '4'],
    })
    expect(status, stderr).toBe(1)
    expect(stderr).toMatch(/the disk reports an error \(EIO\)/)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^resume with: /)
    const before = await drill.journal()
    const { calls, answered } = endpoint.ledger()
    expect(before.answers.size).toBe(answered)
    expect(calls).toBeLessThan(rows)
    expect((await drill.readResults()).filter(row => row['status'] === 'ok')).toHaveLength(answered)

    await resumeHere(drill, endpoint.url)
    const journal = await drill.journal()
    expectSends({ drill, journal, calls: endpoint.rowCalls(), inFlight: before.open })
    await expectResults(
      drill,
      drill.input.map(row => shortAnswer(row['prompt'] ?? '')),
    )
    say(`D4: a sync that failed (strace): stopped after ${calls} of ${rows} calls, none of ${answered} answers lost`)
  })

  it('D7: where the run folder vanishes: sending stops, and what was in flight is kept in a file that is named', async () => {
    const drill = await makeDrill(20)
    const endpoint = await startHeldEndpoint(1)
    const temporary = path.join(drill.folder, 'temporary')
    await mkdir(temporary)
    const program = drill.start(endpoint.url, { env: { TMPDIR: temporary }, flags: ['--concurrency', '4'] })
    await endpoint.reached(5)
    await rm(drill.runFolder, { recursive: true })
    endpoint.release()
    expect(await program.ended).toEqual({ status: 1, signal: null })
    expect(endpoint.ledger().calls).toBeLessThan(20)
    expect(program.stderr().trimEnd().split('\n').at(-1)).toMatch(/^resume with: /)
    const [kept = ''] = await readdir(temporary)
    expect(program.stderr()).toContain(path.join(temporary, kept))
    const saved = (await readFile(path.join(temporary, kept), 'utf8'))
      .split('\n')
      .filter(line => line.includes('"answer"'))
    expect(saved.length).toBeGreaterThanOrEqual(4)

    await resumeHere(drill, endpoint.url)
    await expectResults(
      drill,
      drill.input.map(row => shortAnswer(row['prompt'] ?? '')),
    )
  })
})
