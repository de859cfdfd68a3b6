import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Drill, makeDrill, makeFolder } from './drill.js'
import { model } from './endpoint.js'
import { pause, say } from './form.js'
import { startHeldEndpoint } from './held-endpoint.js'
import { expectResults, expectSends } from './invariants.js'
import { startProgram } from './program.js'
import { resumeHere } from './resume.js'
import { shortAnswer } from './short-answers.js'

const rows = 30
const concurrency = 4
const flags = ['--concurrency', String(concurrency)]
/** The first call goes alone; when it is answered the others fill the window. */
const sent = 1 + concurrency

const countByStatus = async (drill: Drill): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { status = '' } of await drill.readResults()) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const answersOf = (drill: Drill): string[] => drill.input.map(row => shortAnswer(row['prompt'] ?? ''))

describe('a run that is told to end', () => {
  it.each([
    ['P3', 'SIGINT', 130],
    ['P5', 'SIGTERM', 143],
    ['P5', 'SIGHUP', 129],
  ] as const)('%s: %s: sends nothing more, keeps what is in flight, and ends with %i', async (_id, signal, status) => {
    const drill = await makeDrill(rows)
    const endpoint = await startHeldEndpoint(1)
    const program = drill.start(endpoint.url, { flags })
    await endpoint.reached(sent)
    program.child.kill(signal)
    await program.said(/Finishing what is in flight/)
    endpoint.release()
    expect(await program.ended).toEqual({ status, signal: null })
    expect(program.stderr()).toMatch(
      /^resume with: promptmill run in\.csv --model \S+ --base-url \S+ --concurrency 4$/m,
    )
    expect(endpoint.ledger()).toMatchObject({ calls: sent, answered: sent })
    const journal = await drill.journal()
    expect(journal.answers.size).toBe(sent)
    expect(journal.records.at(-1)).toMatchObject({ kind: 'end', reason: 'interrupted' })
    expect(await countByStatus(drill)).toEqual({ ok: sent, pending: rows - sent })

    await resumeHere(drill, endpoint.url)
    expect(endpoint.ledger().calls).toBe(rows)
    await expectResults(drill, answersOf(drill))
  })

  it('P3: SIGINT while the input is read: sends nothing, leaves nothing, and ends with 130', async () => {
    const folder = await makeFolder()
    const endpoint = await startHeldEndpoint(1)
    const words = ['run', '-', '--format', 'csv', '--model', model, '--base-url', endpoint.url]
    const program = startProgram(words, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
    // A standard input that has begun and does not end.
    program.child.stdin?.write('prompt\nWhy?\n')
    while (!existsSync(path.join(folder, 'stdin.results.csv.run', 'lock'))) await pause(5)
    program.child.kill('SIGINT')
    expect(await program.ended).toEqual({ status: 130, signal: null })
    expect(program.stderr()).toMatch(
      /^Stopping; nothing has been sent\nstopped: .*\n.*\nresume with: promptmill run - /,
    )
    expect(endpoint.ledger().calls).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })

  it('P4: at the second Ctrl-C abandons what is in flight, says so in the journal, and ends with 130', async () => {
    const drill = await makeDrill(rows)
    const endpoint = await startHeldEndpoint(1)
    const program = drill.start(endpoint.url, { flags })
    await endpoint.reached(sent)
    program.child.kill('SIGINT')
    await program.said(/Finishing what is in flight/)
    program.child.kill('SIGINT')
    // Nobody has answered, and nobody will: it ends by itself.
    expect(await program.ended).toEqual({ status: 130, signal: null })
    const journal = await drill.journal()
    const unknown = journal.records.filter(record => record.kind === 'unknown')
    expect(new Set(unknown.map(({ row }) => row))).toEqual(new Set([1, 2, 3, 4]))
    expect(journal.records.at(-1)).toMatchObject({ kind: 'end', reason: 'interrupted' })
    expect(await countByStatus(drill)).toEqual({ ok: 1, pending: rows - 1 })

    endpoint.release()
    await resumeHere(drill, endpoint.url)
    const { open: inFlight } = journal
    const aftermath = { drill, journal: await drill.journal(), calls: endpoint.rowCalls(), inFlight }
    const { repeats } = expectSends(aftermath)
    expect(repeats).toBe(concurrency)
    await expectResults(drill, answersOf(drill))
    say(`second Ctrl-C: ${unknown.length} calls told as unknown, and those alone were sent again`)
  })

  it('P6: stopped and continued, it goes on as if nothing had been', async () => {
    const drill = await makeDrill(rows)
    const endpoint = await startHeldEndpoint(1)
    const program = drill.start(endpoint.url, { flags })
    await endpoint.reached(sent)
    program.child.kill('SIGSTOP')
    // Asleep, it has its lock all the same.
    await expect(resumeHere(drill, endpoint.url)).rejects.toMatchObject({ code: 'locked' })
    endpoint.release()
    program.child.kill('SIGCONT')
    expect(await program.ended).toEqual({ status: 0, signal: null })
    expect(endpoint.ledger().calls).toBe(rows)
    await expectResults(drill, answersOf(drill))
  })
})
