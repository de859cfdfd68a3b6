// The tokenizer alone over the prompts of a JSONL file, on one core: what counting costs at the least.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

const asPlainText = { disallowedSpecial: new Set() }
let tokens = 0
let countingMs = 0
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const { prompt } = JSON.parse(line)
  const startedAt = performance.now()
  tokens += countTokens(prompt, asPlainText)
  countingMs += performance.now() - startedAt
}
console.log(JSON.stringify({ tokens, countingMs }))
