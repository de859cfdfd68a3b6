// The main job on a sample, against the built-in endpoint: no key, no cost. Run by `npm run demo`.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'

const here = path.dirname(fileURLToPath(import.meta.url))
const bin = path.join(here, '..', 'dist', 'bin.js')
const folder = mkdtempSync(path.join(os.tmpdir(), 'promptmill-demo-'))
cpSync(path.join(here, 'translate-reviews'), folder, { recursive: true })

const promptmill = (...words) => {
  console.log(`$ promptmill ${words.join(' ')}`)
  const { status } = spawnSync(process.execPath, [bin, ...words], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  console.log()
}

const template = ['--prompt-file', 'prompt.txt', '--system-file', 'system.txt']
promptmill('run', 'reviews.csv', '--model', 'gpt-4o-mini', ...template, '--simulate')
promptmill('status', 'reviews.results.csv')

const shorten = text => (text.length > 60 ? `${text.slice(0, 59)}…` : text).replaceAll(/\s+/g, ' ')
const rows = parse(readFileSync(path.join(folder, 'reviews.results.csv')), { columns: true, bom: true })
console.log('The first rows of reviews.results.csv:')
for (const { id, review, response, status, cost_usd } of rows.slice(0, 5)) {
  console.log(`  ${id}  ${status}  ${cost_usd} USD\n    review    ${shorten(review)}\n    response  ${shorten(response)}`)
}
console.log(`\nEverything is in ${folder}`)
