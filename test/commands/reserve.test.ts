import { readdir, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createWorkspace, manyPrompts } from './workspace.js'

it('gives back the room that a killed session had set aside, also when nothing is left to send', async () => {
  const work = await createWorkspace()
  const input = await work.write('in.csv', manyPrompts(1))
  await work.run({ input })
  await writeFile(work.at('in.results.csv.run/reserve'), Buffer.alloc(1000))
  await work.run({ input })
  expect(await readdir(work.at('in.results.csv.run'))).not.toContain('reserve')
})
