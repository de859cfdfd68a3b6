// How much a run sends when the endpoint fails: as little as it must.
import path from 'node:path'
import { atMost, count, printTable, ratio } from './figures.mjs'
import { promptmill, readJson, runProgram, withSimulator } from './programs.mjs'
import { writeRows } from './rows-file.mjs'

/** Runs the rows against a simulator with these flags and gives back what the ledger says. */
const readLedger = async (simulatorFlags, { folder, name, rows, flags = [], env = {}, exits }) => {
  const input = path.join(folder, `${name}.csv`)
  await writeRows(input, rows)
  return await withSimulator(['--latency-ms', '50', ...simulatorFlags], async url => {
    const args = ['run', input, '--base-url', url, '--model', 'gpt-4o-mini', ...flags]
    await runProgram(promptmill, args, { cwd: folder, env, exits })
    return await readJson(url, '/ledger')
  })
}

const failing = ['--fault500', '--fault503', '--fault-reset', '--fault-cut', '--fault-html']

/** @param {{ folder: string }} options */
export const faults = async ({ folder }) => {
  const rows = 3000
  // Exit status 0 means that every row has an answer; 1, that the run stopped before its end.
  const broken = await readLedger(
    failing.flatMap(flag => [flag, '0.04']),
    { folder, name: 'failing', rows, exits: [0] },
  )
  const empty = await readLedger(['--quota-after', '200'], {
    folder,
    name: 'empty',
    rows,
    flags: ['--concurrency', '16'],
    exits: [1],
  })
  const keyless = await readLedger(['--require-key'], {
    folder,
    name: 'keyless',
    rows,
    env: { OPENAI_API_KEY: 'sk-wrong' },
    exits: [1],
  })
  const sends = broken.calls / rows
  const afterEmpty = empty.calls - empty.answered
  printTable(`faults: ${count(rows)} rows`, [
    ['20 % of calls fail, in five ways: sends a row, all answered', ratio(sends), atMost(sends, 1.35)],
    ['account empty after 200 answers, 16 in flight: calls after', count(afterEmpty), atMost(afterEmpty, 16, count)],
    ['wrong key: calls', count(keyless.calls), atMost(keyless.calls, 1, count)],
  ])
}
