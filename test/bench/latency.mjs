// Whether a run is as fast as latency and concurrency allow, when the client is not what limits it.
import path from 'node:path'
import { atMost, count, printTable, ratio, seconds } from './figures.mjs'
import {
  bareTransport,
  checkCalls,
  instantEndpoint,
  promptmill,
  readJson,
  runProgram,
  withServer,
} from './programs.mjs'
import { writeRows } from './rows-file.mjs'

const latencyMs = 200
const concurrency = 500

/** @param {{ folder: string }} options */
export const latency = async ({ folder }) => {
  const rows = 50_000
  const cwd = folder
  const input = path.join(folder, 'rows.csv')
  await writeRows(input, rows)
  const { wallMs, bareMs } = await withServer([instantEndpoint, '0', `${latencyMs}`], async url => {
    const args = ['run', input, '--base-url', url, '--model', 'gpt-4o-mini', '--concurrency', `${concurrency}`]
    const run = await runProgram(promptmill, args, { cwd })
    const bare = await runProgram(bareTransport, [url, `${rows}`, `${concurrency}`], { cwd })
    const { calls } = await readJson(url, '/calls')
    checkCalls('promptmill and the bare transport', calls, 2 * rows)
    return { wallMs: run.wallMs, bareMs: JSON.parse(bare.stdout).ms }
  })
  const status = await runProgram(promptmill, ['status', path.join(folder, 'rows.results.csv'), '--json'], { cwd })
  const sendingMs = JSON.parse(status.stdout).wall_ms
  const idealMs = (rows * latencyMs) / concurrency
  printTable(`latency: ${count(rows)} rows, ${latencyMs} ms each, ${concurrency} in flight`, [
    ['rows x latency / concurrency', seconds(idealMs)],
    ['promptmill run, end to end', seconds(wallMs), ratio(wallMs / idealMs), atMost(wallMs / idealMs, 1.05)],
    ['  the sending alone', seconds(sendingMs), ratio(sendingMs / idealMs)],
    ['bare transport: undici, all in flight at once, nothing written', seconds(bareMs), ratio(bareMs / idealMs)],
  ])
}
