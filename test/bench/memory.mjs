// Peak memory of a small run and of a large one: rows are pulled, so it must hardly depend on their number.
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { atMost, count, megabytes, printTable, ratio, seconds } from './figures.mjs'
import { instantEndpoint, promptmill, runProgram, withServer } from './programs.mjs'
import { writeRows } from './rows-file.mjs'

/** @param {{ folder: string, long: boolean }} options */
export const memory = async ({ folder, long }) => {
  const sizes = [10_000, long ? 1_000_000 : 200_000]
  const runs = await withServer([instantEndpoint], async url => {
    const taken = []
    for (const rows of sizes) {
      const input = path.join(folder, `${rows}.csv`)
      await writeRows(input, rows)
      const args = ['run', input, '--base-url', url, '--model', 'gpt-4o-mini']
      taken.push(await runProgram(promptmill, args, { cwd: folder }))
      for (const left of ['.csv', '.results.csv', '.results.csv.run']) {
        await rm(path.join(folder, `${rows}${left}`), { recursive: true })
      }
    }
    return taken
  })
  const [small, large] = runs.map(run => run.peakBytes)
  printTable('memory: peak of a whole run, instant endpoint', [
    ...runs.map((run, index) => [`${count(sizes[index])} rows`, megabytes(run.peakBytes), seconds(run.wallMs)]),
    ['larger / smaller', ratio(large / small), atMost(large / small, 1.25)],
    ['larger', megabytes(large), atMost(large, 200e6, megabytes)],
  ])
}
