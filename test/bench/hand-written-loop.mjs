// What people write without a tool: the whole file in memory, the SDK as it comes, p-limit, results at the end.
// node hand-written-loop.mjs BASE_URL INPUT OUTPUT
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import OpenAI from 'openai'
import pLimit from 'p-limit'

const [baseURL, input, output] = process.argv.slice(2)
const client = new OpenAI({ baseURL, apiKey: 'none' })
const limit = pLimit(64)

const ask = async row => {
  const completion = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: row.prompt }],
  })
  const { choices, usage } = completion
  return {
    ...row,
    response: choices[0].message.content,
    prompt_tokens: usage.prompt_tokens,
    completion_tokens: usage.completion_tokens,
  }
}

const rows = parse(readFileSync(input), { columns: true, bom: true })
const results = await Promise.all(rows.map(row => limit(() => ask(row))))
writeFileSync(output, stringify(results, { header: true }))
