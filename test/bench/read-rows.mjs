// Reads files of rows and throws every row away: by promptmill's own reader, by csv-parse alone, and by JSON.parse alone.
// In turn and in one process, so that both sides of a ratio have the same machine.
// node read-rows.mjs CSV JSONL ROWS
import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import { openInput } from '../../dist/input/open.js'
import { median } from './figures.mjs'

const [csvFile, jsonlFile, expected] = process.argv.slice(2)
const rounds = 5

const readByPromptmill = async file => {
  let rows = 0
  const input = await openInput(file, {})
  for await (const batch of input.rows()) rows += batch.length
  return rows
}

/** By events: an iteration over the stream would cost csv-parse as much again for each row. */
const readByCsvParse = async file => {
  let rows = -1
  const parser = createReadStream(file).pipe(parse({ bom: true }))
  await new Promise((resolve, reject) => {
    parser.on('data', () => {
      rows += 1
    })
    parser.on('end', resolve).on('error', reject)
  })
  return rows
}

/** The least there is to do: lines cut at LF, parsed, nothing checked. */
const readByJsonParse = async file => {
  let rows = 0
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(file)) {
    const bytes = Buffer.concat([rest, chunk])
    let from = 0
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
      JSON.parse(bytes.toString('utf8', from, at))
      rows += 1
      from = at + 1
    }
    rest = bytes.subarray(from)
  }
  return rows
}

const readings = {
  csvParse: () => readByCsvParse(csvFile),
  csv: () => readByPromptmill(csvFile),
  jsonParse: () => readByJsonParse(jsonlFile),
  jsonl: () => readByPromptmill(jsonlFile),
}

const measure = async read => {
  const before = process.cpuUsage()
  const rows = await read()
  const { user, system } = process.cpuUsage(before)
  if (rows !== Number(expected)) throw new Error(`${rows} rows were read of ${expected}`)
  return (user + system) / 1000
}

const times = Object.fromEntries(Object.keys(readings).map(name => [name, []]))
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, read] of Object.entries(readings)) {
    const ms = await measure(read)
    // The first round is for the compiler.
    if (round > 0) times[name].push(ms)
  }
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, median(ms)]))))
