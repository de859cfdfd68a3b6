import { readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createWorkspace, manyPrompts } from './workspace.js'

describe('what a killed session has left undone, the next one does, also when nothing is left to send:', () => {
  it('gives back the room that was set aside', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await work.run({ input })
    await writeFile(work.at('in.results.csv.run/reserve'), Buffer.alloc(1000))
    await work.run({ input })
    expect(await readdir(work.at('in.results.csv.run'))).not.toContain('reserve')
  })

  it('says in the manifest that the answers are simulated', async () => {
    const work = await createWorkspace()
    const input = await work.write('in.csv', manyPrompts(1))
    await work.run({ input })
    const told = await work.read('in.results.csv.run/manifest.json')
    expect(told).toContain('"simulated": true')
    await work.write('in.results.csv.run/manifest.json', told.replace('"simulated": true', '"simulated": false'))
    await work.run({ input })
    expect(await work.read('in.results.csv.run/manifest.json')).toContain('"simulated": true')
  })
})
