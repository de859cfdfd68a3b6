// How much of a rate limit a run uses, and how often it is refused.
import path from 'node:path'
import { atLeast, atMost, count, percent, printTable, seconds } from './figures.mjs'
import { promptmill, readCalls, runProgram, withSimulator } from './programs.mjs'
import { writeRows } from './rows-file.mjs'

const minuteMs = 60_000
const rpm = 6000
const tpm = 600_000

/**
 * One second's worth may be used at once: OpenAI's guide says that a limit of a minute can be enforced by the second.
 * The default of a whole minute would let all rows of this benchmark through at once.
 */
const strict = ['--latency-ms', '100', '--burst-seconds', '1', '--ledger-calls', '1000000']

const cases = [
  {
    title: `${count(rpm)} requests/min, told in headers`,
    flags: ['--rpm', `${rpm}`],
    goals: { used: 0.98, refused: 0.005 },
  },
  {
    title: `${count(tpm)} tokens/min, told in headers, mixed rows`,
    flags: ['--tpm', `${tpm}`],
    charactersOf: row => [50, 200, 200, 400, 1000, 100][row % 6],
    goals: { used: 0.98, refused: 0.005 },
  },
  {
    title: `${count(rpm)} requests/min, no headers, no flags`,
    flags: ['--rpm', `${rpm}`, '--no-headers'],
    goals: { used: 0.85, refused: 0.03 },
  },
]

/**
 * The share of the limit used between the first call that was let in and the last: what these took in all but the last,
 * over what the limit gives in that time. The one second's worth that is there at the start can bring it above 100 %.
 */
const readUse = (calls, { tokens }) => {
  const answered = calls.filter(call => call.state === 'answered')
  const spanMs = answered.at(-1).at - answered[0].at
  const amountOf = call => (tokens ? call.prompt_tokens + call.completion_tokens : 1)
  const amount = answered.slice(0, -1).reduce((sum, call) => sum + amountOf(call), 0)
  return {
    used: amount / ((tokens ? tpm : rpm) * (spanMs / minuteMs)),
    refused: calls.filter(call => call.state === 'refused').length / calls.length,
    spanMs,
  }
}

const measure = async (paced, at, { folder, rows }) => {
  const input = path.join(folder, `rows-${at}.csv`)
  await writeRows(input, rows, paced.charactersOf)
  return await withSimulator([...strict, ...paced.flags], async url => {
    const args = ['run', input, '--base-url', url, '--model', 'gpt-4o-mini']
    const { wallMs } = await runProgram(promptmill, args, { cwd: folder })
    const calls = await readCalls(url)
    return { ...readUse(calls, { tokens: paced.flags.includes('--tpm') }), wallMs }
  })
}

/** @param {{ folder: string }} options */
export const pacing = async ({ folder }) => {
  const rows = 2400
  const lines = []
  for (const [at, paced] of cases.entries()) {
    const { used, refused, spanMs, wallMs } = await measure(paced, at, { folder, rows })
    lines.push(
      [paced.title, `${seconds(spanMs)} of calls`, `${seconds(wallMs)} in all`],
      ['  of the limit used', percent(used), atLeast(used, paced.goals.used, percent)],
      ['  of the calls refused', percent(refused), atMost(refused, paced.goals.refused, percent)],
    )
  }
  printTable(`pacing: ${count(rows)} rows, 100 ms latency, limits enforced by the second`, lines)
}
