// Rows per second on an endpoint that answers at once: whatever limits a run then is the client itself.
import path from 'node:path'
import { atLeast, count, median, megabytes, printTable, ratio, seconds } from './figures.mjs'
import {
  bareTransport,
  checkCalls,
  handWrittenLoop,
  instantEndpoint,
  promptmill,
  readJson,
  runProgram,
  withServer,
} from './programs.mjs'
import { writeRows } from './rows-file.mjs'

const concurrency = 64

/** The three in turn, each to its end: what disturbs the machine for a while disturbs them alike. */
const runRound = async (url, { folder, rows, round }) => {
  const cwd = folder
  const input = path.join(folder, 'rows.csv')
  const results = name => path.join(folder, `${name}-${round}.csv`)
  const mill = await runProgram(
    promptmill,
    [
      'run',
      input,
      '--base-url',
      url,
      '--model',
      'gpt-4o-mini',
      '--concurrency',
      `${concurrency}`,
      '-o',
      results('mill'),
    ],
    { cwd },
  )
  const loop = await runProgram(handWrittenLoop, [url, input, results('loop')], { cwd })
  const bare = await runProgram(bareTransport, [url, `${rows}`, `${concurrency}`], { cwd })
  return { mill, loop, bare: { ...bare, wallMs: JSON.parse(bare.stdout).ms } }
}

/** @param {{ folder: string, long: boolean }} options */
export const throughput = async ({ folder, long }) => {
  const rows = 30_000
  const rounds = long ? 7 : 3
  await writeRows(path.join(folder, 'rows.csv'), rows)
  const taken = await withServer([instantEndpoint], async url => {
    const all = []
    for (let round = 0; round < rounds; round += 1) all.push(await runRound(url, { folder, rows, round }))
    const { calls } = await readJson(url, '/calls')
    checkCalls(`${rounds} rounds of three clients`, calls, rounds * 3 * rows)
    return all
  })
  const of = (name, figure) => median(taken.map(round => figure(round[name])))
  const line = (title, name) => [
    title,
    `${count(rows / (of(name, run => run.wallMs) / 1000))} rows/s`,
    seconds(of(name, run => run.wallMs)),
    `${count((of(name, run => run.cpuMs) * 1000) / rows)} µs CPU a row`,
    megabytes(of(name, run => run.peakBytes)),
  ]
  const ratioTo = name => median(taken.map(round => round[name].wallMs / round.mill.wallMs))
  printTable(
    `throughput: ${count(rows)} rows, ${concurrency} in flight, instant endpoint, medians of ${rounds} rounds`,
    [
      line('promptmill run, end to end with journal and results', 'mill'),
      line('hand-written loop: openai, p-limit, all in memory', 'loop'),
      line('bare transport: undici, body parsed, nothing written', 'bare'),
      ['promptmill / hand-written loop', ratio(ratioTo('loop')), atLeast(ratioTo('loop'), 5)],
      ['promptmill / bare transport', ratio(ratioTo('bare')), atLeast(ratioTo('bare'), 0.45)],
    ],
  )
}
