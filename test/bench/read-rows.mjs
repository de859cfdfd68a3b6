// Reads a file of rows and throws every row away: by promptmill's own reader, by csv-parse alone, or by JSON.parse alone.
// node read-rows.mjs promptmill|csv-parse|json-parse INPUT
import { createReadStream } from 'node:fs'

const [by, file] = process.argv.slice(2)

const readers = {
  async promptmill() {
    const { openInput } = await import('../../dist/input/open.js')
    let rows = 0
    const input = await openInput(file, {})
    for await (const batch of input.rows()) rows += batch.length
    return rows
  },
  // By events: an iteration over the stream would cost csv-parse as much again for each row.
  async 'csv-parse'() {
    const { parse } = await import('csv-parse')
    let rows = -1
    const parser = createReadStream(file).pipe(parse({ bom: true }))
    await new Promise((resolve, reject) => {
      parser.on('data', () => {
        rows += 1
      })
      parser.on('end', resolve).on('error', reject)
    })
    return rows
  },
  // The least there is to do: lines cut at LF, parsed, nothing checked.
  async 'json-parse'() {
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
  },
}

console.log(await readers[by]())
