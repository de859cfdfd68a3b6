import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireLock } from '../../src/journal/lock.js'
import { createEndpoint, createFolder, manyPrompts } from '../commands/workspace.js'
import { key } from '../secrets/canary.js'
import { runProgram } from './program.js'

const segment = 'in.results.csv.run/journal-0001.jsonl'

/** A finished run whose third record, an answer, has one byte changed. */
const makeDamaged = async () => {
  const cwd = await createFolder()
  const { url, ledger } = await createEndpoint()
  await writeFile(path.join(cwd, 'in.csv'), manyPrompts(3))
  const env = { OPENAI_BASE_URL: url, OPENAI_API_KEY: key }
  const program = (...words: string[]) => runProgram(words, { cwd, env })
  const run = () => program('run', 'in.csv', '--model', 'gpt-4o-mini', '--quiet')
  await run()
  const bytes = await readFile(path.join(cwd, segment))
  const at = bytes.indexOf('"kind":"answer"') + 200
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  const damage = () => writeFile(path.join(cwd, segment), bytes)
  const status = (...flags: string[]) => program('status', 'in.results.csv', ...flags)
  return { cwd, ledger, run, status, damage }
}

describe('promptmill status --journal', () => {
  it('finds a whole journal whole, a damaged one damaged with exit status 1, and mends it', async () => {
    const { cwd, ledger, run, status, damage } = await makeDamaged()
    const whole = await status('--journal')
    expect(whole).toMatchObject({ status: 0, stderr: '' })
    expect(whole.stdout).toMatch(/^journal {2}in\.results\.csv\.run: \d+ records in 1 segment, \S+ bytes, format 1$/m)
    expect(whole.stdout).toMatch(/^whole /m)

    await damage()
    expect(await run()).toMatchObject({ status: 1, stderr: expect.stringContaining('--journal --repair') })
    const found = await status('--journal')
    expect(found.status).toBe(1)
    expect(found.stdout).toMatch(
      /^damaged {2}journal-0001\.jsonl, line 3 \(byte \d+, [\d,]+ bytes\): the checksum does not match; record 3 is lost$/m,
    )
    expect(found.stdout).toMatch(/^mend with: promptmill status in\.results\.csv --journal --repair$/m)

    const mended = await status('--journal', '--repair')
    expect(mended.status).toBe(0)
    expect(mended.stdout).toMatch(
      /^mended {3}journal-0001\.jsonl: [\d,]+ bytes moved into journal-0001\.damaged-1, 1 record lost$/m,
    )
    expect((await status('--journal')).status).toBe(0)
    // The row whose answer is lost is sent again, and no other.
    expect((await run()).status).toBe(0)
    expect(ledger().calls).toBe(4)
    expect((await readdir(path.join(cwd, 'in.results.csv.run'))).toSorted()).toEqual([
      'finished.json',
      'journal-0001.damaged-1',
      'journal-0001.jsonl',
      'manifest.json',
      'written.json',
    ])
  })

  it('tells it to machines, in one object', async () => {
    const { status, damage } = await makeDamaged()
    await damage()
    const { status: exit, stdout } = await status('--journal', '--json')
    expect(exit).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'damaged',
      format: 1,
      segments: 1,
      damage: [{ segment: 'journal-0001.jsonl', line: 3, kind: 'checksum', lost_records: { first: 3, count: 1 } }],
      torn: null,
      repaired: null,
    })
    expect(JSON.parse((await status('--repair', '--json')).stdout)).toMatchObject({
      repaired: [{ moved_to: 'journal-0001.damaged-1', lost_records: 1 }],
    })
    expect(JSON.parse((await status('--journal', '--json')).stdout)).toMatchObject({ state: 'whole', damage: [] })
  })

  it('mends nothing while another process holds the run', async () => {
    const { cwd, status, damage } = await makeDamaged()
    await damage()
    const before = await readFile(path.join(cwd, segment))
    const lock = await acquireLock(path.join(cwd, 'in.results.csv.run'))
    const { status: exit, stderr } = await status('--repair')
    await lock.release()
    expect(exit).toBe(2)
    expect(stderr).toContain(`pid ${process.pid}`)
    expect(await readFile(path.join(cwd, segment))).toEqual(before)
  })
})
