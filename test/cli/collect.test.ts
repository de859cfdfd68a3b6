import { expect, it } from 'vitest'
import { collectGarbage } from '../../src/cli/collect.js'

it('frees what nobody holds any more', async () => {
  const before = process.memoryUsage().arrayBuffers
  let held: Uint8Array | undefined = new Uint8Array(64 * 2 ** 20)
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(held.length)
  held = undefined
  // The memory behind an array is freed by another thread.
  await expect
    .poll(
      () => {
        collectGarbage()
        return process.memoryUsage().arrayBuffers - before
      },
      { timeout: 10_000 },
    )
    .toBeLessThan(32 * 2 ** 20)
})
