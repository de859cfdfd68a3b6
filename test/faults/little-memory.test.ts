import { createReadStream, createWriteStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { makeFolder } from './drill.js'
import { model } from './endpoint.js'
import { byForm, say } from './form.js'
import { startLocalEndpoint } from './local-endpoint.js'
import { runProgram } from './program.js'
import { answerShortly } from './short-answers.js'

const rows = byForm({ short: 4000, long: 1_000_000 })
/** One row in so many is sent: it is the others that would fill the memory. */
const each = 100
/** All rows together take more than this: none of them may be held. */
const heapMegabytes = 96

it('P8: reads, sends and writes many rows in little memory', { timeout: 1_800_000 }, async () => {
  const folder = await makeFolder()
  const endpoint = await startLocalEndpoint({ ledgerCalls: 0 }, { respond: answerShortly })
  const text = 'x'.repeat(byForm({ short: 32_000, long: 300 }))
  const lines = function* () {
    for (let row = 0; row < rows; row++)
      yield `${JSON.stringify({ prompt: row % each === 0 ? `Question ${row}` : '', text })}\n`
  }
  await pipeline(Readable.from(lines()), createWriteStream(path.join(folder, 'in.jsonl')))
  const words = ['run', 'in.jsonl', '--model', model, '--base-url', endpoint.url, '--bad-rows', 'fail', '--quiet']
  const { status, stderr } = await runProgram(words, {
    cwd: folder,
    nodeOptions: [`--max-old-space-size=${heapMegabytes}`],
  })
  expect(status, stderr).toBe(3)
  expect(endpoint.ledger().calls).toBe(rows / each)
  let written = 0
  const lineReader = createInterface({ input: createReadStream(path.join(folder, 'in.results.jsonl')) })
  for await (const line of lineReader) if (line !== '') written += 1
  expect(written).toBe(rows)
  say(`P8: ${rows} rows of ${text.length} bytes in a heap of ${heapMegabytes} MB`)
})
