import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'csv-stringify/sync'
import { expect, it } from 'vitest'
import { makeDrill, makeRows } from './drill.js'
import { say } from './form.js'
import { expectTidy } from './invariants.js'
import { startLocalEndpoint } from './local-endpoint.js'
import { resumeHere } from './resume.js'
import { answerShortly } from './short-answers.js'

const killSwitch = fileURLToPath(new URL('./kill-switch.mjs', import.meta.url))
const resultsFiles = String.raw`^\.?in\.results\.csv(\.tmp)?$`

it('D8: killed at any moment of writing the results, leaves the earlier ones or the new ones, never a part', async () => {
  const endpoint = await startLocalEndpoint({}, { respond: answerShortly })
  const drill = await makeDrill(3)
  await resumeHere(drill, endpoint.url)
  const earlier = await readFile(drill.results, 'utf8')
  // One row more: the next session has something to write.
  await writeFile(drill.inputFile, stringify(makeRows(4), { header: true }))
  let kills = 0
  for (const how of ['before', 'half']) {
    for (let at = 1; ; at++) {
      await writeFile(drill.results, earlier)
      const env = { KILL_UNDER: drill.folder, KILL_FILE: resultsFiles, KILL_AT: String(at), KILL_HOW: how }
      const { signal } = await drill.run(endpoint.url, { nodeOptions: ['--import', killSwitch], env })
      if (signal === null) break
      kills += 1
      expect(existsSync(drill.results)).toBe(true)
      const left = await readFile(drill.results, 'utf8')
      expect(left === earlier || left.endsWith('\n')).toBe(true)
      expect([3, 4]).toContain((await drill.readResults()).length)
      if (left !== earlier) expect((await drill.readResults()).every(row => row['status'] === 'ok')).toBe(true)
    }
  }
  expect(kills).toBeGreaterThan(2)
  await resumeHere(drill, endpoint.url)
  expect((await drill.readResults()).map(row => row['status'])).toEqual(['ok', 'ok', 'ok', 'ok'])
  expect(endpoint.ledger().calls).toBe(4)
  // To the program, whoever put the earlier results back has edited them: it kept what was there, whole.
  for (const name of (await readdir(drill.runFolder)).filter(file => file.startsWith('changed'))) {
    const kept = path.join(drill.runFolder, name)
    expect(await readFile(kept, 'utf8')).toBe(earlier)
    await rm(kept)
  }
  await expectTidy(drill)
  say(`D8: ${kills} kills while results were written, which were always whole`)
})
