// A finished run, given again: nothing is sent, so the time is that of reading input and journal and writing results.
import path from 'node:path'
import { atMost, count, median, megabytes, printTable, ratio, seconds } from './figures.mjs'
import { checkCalls, instantEndpoint, parseOnly, promptmill, readJson, runProgram, withServer } from './programs.mjs'
import { writeRows } from './rows-file.mjs'

/** @param {{ folder: string, long: boolean }} options */
export const resume = async ({ folder, long }) => {
  const rows = long ? 1_000_000 : 100_000
  const rounds = 3
  const cwd = folder
  const input = path.join(folder, 'rows.csv')
  await writeRows(input, rows)
  const taken = await withServer([instantEndpoint], async url => {
    const args = ['run', input, '--base-url', url, '--model', 'gpt-4o-mini']
    await runProgram(promptmill, args, { cwd })
    const all = []
    for (let round = 0; round < rounds; round += 1) {
      const again = await runProgram(promptmill, args, { cwd })
      all.push({ again, parse: await runProgram(parseOnly, [input], { cwd }) })
    }
    const { calls } = await readJson(url, '/calls')
    checkCalls('A run given again', calls, rows)
    return all
  })
  const of = (name, figure) => median(taken.map(round => figure(round[name])))
  const line = (title, name) => [
    title,
    seconds(of(name, run => run.wallMs)),
    `${ratio((of(name, run => run.cpuMs) * 1000) / rows)} µs CPU a row`,
    megabytes(of(name, run => run.peakBytes)),
  ]
  const share = median(taken.map(({ again, parse }) => again.wallMs / parse.wallMs))
  const peak = of('again', run => run.peakBytes)
  printTable(`resume: a finished run of ${count(rows)} rows given again, medians of ${rounds} rounds`, [
    line('promptmill run, everything answered', 'again'),
    line('csv-parse alone, rows thrown away', 'parse'),
    ['promptmill / csv-parse', ratio(share), atMost(share, 2.5)],
    ['promptmill', megabytes(peak), atMost(peak, 250e6, megabytes)],
  ])
}
