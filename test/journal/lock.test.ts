import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { acquireLock } from '../../src/journal/lock.js'
import { bootedAt, identifySelf } from '../../src/journal/process-identity.js'
import { type Child, startChild } from './child-process.js'
import { type CompiledJournal, childScript, compileJournal } from './compiled-journal.js'
import { makeFolder } from './temporary-folder.js'

const forgedToken = '0123456789abcdef0123456789abcdef'

/** A lock as another process might have left it. */
const forgeLock = async (folder: string, change: Readonly<Record<string, unknown>>): Promise<void> => {
  const owner = { ...(await identifySelf()), token: forgedToken, ...change }
  await writeFile(path.join(folder, 'lock'), JSON.stringify(owner))
}

/** A clock on which every wait is over at once. */
const hastyClock = {
  now: () => 0,
  wall: () => 0,
  after: (_ms: number, call: () => void) => {
    setImmediate(call)
    return () => undefined
  },
}

let compiled: CompiledJournal
beforeAll(async () => {
  compiled = await compileJournal()
})
afterAll(() => compiled.remove())

const startTaker = async (folder: string): Promise<Child> => {
  const child = startChild(childScript('take-lock'), [compiled.url('lock'), folder])
  onTestFinished(async () => {
    child.kill()
    await child.gone
  })
  expect((await child.lines.next()).value).toBe('ready')
  return child
}

const takeLock = async (child: Child): Promise<string> => {
  child.say('go')
  return String((await child.lines.next()).value)
}

describe('acquireLock', () => {
  it('makes the run folder and leaves nothing behind when released', async () => {
    const folder = path.join(await makeFolder(), 'results.csv.run')
    const lock = await acquireLock(folder)
    await lock.verify()
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.release()
    expect(await readdir(folder)).toEqual([])
    await lock.release()
  })

  it('clears away what processes left behind that died while they were locking', async () => {
    const folder = await makeFolder()
    await writeFile(path.join(folder, `lock.${forgedToken}.tmp`), '{"pid":1')
    await forgeLock(folder, { pid: 2 ** 22 + 1, started: '1' })
    await writeFile(
      path.join(folder, `lock.${forgedToken}`),
      JSON.stringify({ ...(await identifySelf()), pid: 2 ** 22 + 1, started: '1', token: 'f'.repeat(32) }),
    )
    await writeFile(path.join(folder, `lock.${forgedToken}.${'f'.repeat(32)}.tmp`), '')
    const lock = await acquireLock(folder)
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.release()
  })

  it('says who holds it, since when, for people and programs', async () => {
    const folder = await makeFolder()
    await acquireLock(folder)
    const owner = JSON.parse(await readFile(path.join(folder, 'lock'), 'utf8'))
    expect(owner).toMatchObject({ pid: process.pid, since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) })
    if (process.platform === 'win32') return
    expect((await stat(path.join(folder, 'lock'))).mode & 0o777).toBe(0o600)
    expect(owner.started).toMatch(/\d/)
  })

  it('P11: refuses while another process holds it, naming its number and start time', async () => {
    const folder = await makeFolder()
    const child = await startTaker(folder)
    expect(await takeLock(child)).toBe('won')
    await expect(acquireLock(folder)).rejects.toMatchObject({
      code: 'locked',
      exitCode: 2,
      message: expect.stringMatching(
        new RegExp(
          `^Another promptmill \\(pid ${child.pid}, started (.* )?\\d\\d:\\d\\d:\\d\\d\\) is writing these results: `,
        ),
      ),
    })
  })

  it('P12: takes over the lock of a process that was killed', async () => {
    const folder = await makeFolder()
    const child = await startTaker(folder)
    expect(await takeLock(child)).toBe('won')
    child.kill()
    await child.gone
    const lock = await acquireLock(folder)
    await lock.verify()
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it.skipIf(process.platform === 'win32')(
    'P12: takes it over when the number belongs to another process by now',
    async () => {
      const folder = await makeFolder()
      await forgeLock(folder, { started: 'another time' })
      const lock = await acquireLock(folder)
      await lock.verify()
    },
  )

  it('P12: takes it over when the machine was restarted since', async () => {
    const folder = await makeFolder()
    await forgeLock(folder, { boot: undefined, since: new Date(bootedAt() - 3_600_000).toISOString() })
    const lock = await acquireLock(folder)
    await lock.release()
    await forgeLock(folder, { boot: 'another boot' })
    await (await acquireLock(folder)).verify()
  })

  it.each([
    ['another host', { host: 'elsewhere' }],
    ['another machine of the same name', { machine: 'another machine' }],
    ['a container', { namespace: 'pid:[1]' }],
  ])('P12: refuses the lock of a process on %s, and says what to do', async (_title, change) => {
    const folder = await makeFolder()
    const self = await identifySelf()
    // What this machine does not have itself cannot differ.
    const known = Object.keys(change).every(field => field in self)
    await forgeLock(folder, { pid: 4711, started: '1', ...change, ...(known ? {} : { host: 'elsewhere' }) })
    await expect(acquireLock(folder)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('pid 4711'),
      hint: `If it no longer runs there, delete ${path.join(folder, 'lock')} and give the same command again`,
    })
  })

  it.each([
    ['empty', ''],
    ['cut off', '{"pid":12,"sta'],
    ['nothing like a lock', '[]'],
    ['hostile', JSON.stringify({ pid: 1, host: 'x', since: '', token: '../../etc' })],
  ])('takes over a lock file that is %s once it has had time to become whole', async (_title, text) => {
    const folder = await makeFolder()
    await writeFile(path.join(folder, 'lock'), text)
    const lock = await acquireLock(folder, { clock: hastyClock })
    await lock.verify()
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('waits for a lock file that is about to become whole', async () => {
    const folder = await makeFolder()
    await writeFile(path.join(folder, 'lock'), '')
    const clock = {
      ...hastyClock,
      after: (_ms: number, call: () => void) => {
        void forgeLock(folder, { host: 'elsewhere' }).then(call)
        return () => undefined
      },
    }
    await expect(acquireLock(folder, { clock })).rejects.toMatchObject({ code: 'locked' })
  })

  it('finishes the takeover that another process died in', async () => {
    const folder = await makeFolder()
    const dead = { started: 'another time', boot: 'another boot' }
    await forgeLock(folder, dead)
    const guard = { ...(await identifySelf()), ...dead, token: 'f'.repeat(32) }
    await writeFile(path.join(folder, `lock.${forgedToken}`), JSON.stringify(guard))
    const lock = await acquireLock(folder)
    await lock.verify()
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('lets exactly one of several processes take over a dead lock', async () => {
    for (let round = 0; round < 5; round++) {
      const folder = await makeFolder()
      await forgeLock(folder, { boot: 'another boot' })
      const children = await Promise.all([1, 2, 3].map(() => startTaker(folder)))
      const results = await Promise.all(children.map(takeLock))
      expect(results.filter(result => result === 'won')).toHaveLength(1)
      expect(results.filter(result => result.startsWith('lost Another promptmill'))).toHaveLength(2)
      for (const child of children) child.kill()
    }
  })

  it('lets exactly one of many in one process have it', async () => {
    const folder = await makeFolder()
    await forgeLock(folder, { boot: 'another boot' })
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(folder)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('never gives back the lock of somebody else, and notices when its own is gone', async () => {
    const folder = await makeFolder()
    const lock = await acquireLock(folder)
    await forgeLock(folder, {})
    await expect(lock.verify()).rejects.toMatchObject({ code: 'locked' })
    await lock.release()
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('says when the folder cannot be made', async () => {
    const folder = path.join(await makeFolder(), 'missing', 'results.csv.run')
    await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'disk' })
  })
})
