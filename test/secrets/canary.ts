import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { filesUnder, findKey } from './key-forms.js'

/**
 * The key that all tests work with; the simulator takes it. It stands for a secret: whatever becomes of a run, it must be
 * in nothing that is written or said. Every character that an encoding would change is in it.
 */
export const key = 'sim-canary-7Qz/+=%~4WvXpL09'

/** Larger files are of a test's own making. */
const largestScanned = 16 * 2 ** 20

/** Looks for the key in everything that a test leaves, journals and results and what crashes left among it. */
const expectNoKey = async (folder: string): Promise<void> => {
  for (const file of await filesUnder(folder)) {
    // Where a user keeps the key.
    if (path.basename(file) === '.env' || (await stat(file)).size > largestScanned) continue
    const text = await readFile(file, 'latin1')
    expect(findKey(new Map([[path.relative(folder, file), text]]), key)).toEqual([])
  }
}

/** A folder of its own for a test, searched for the key and gone after it. */
export const makeSearchedFolder = async (prefix: string, under = os.tmpdir()): Promise<string> => {
  const folder = await mkdtemp(path.join(under, prefix))
  onTestFinished(async () => {
    try {
      await expectNoKey(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
  return folder
}

/** What a program has said, by stream, must not have the key in it. */
export const expectUnsaid = (said: Readonly<Record<string, string>>): void => {
  expect(findKey(new Map(Object.entries(said)), key)).toEqual([])
}
