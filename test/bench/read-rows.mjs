// Reads a file of rows and throws every row away: by promptmill's own reader, or by csv-parse alone.
// node read-rows.mjs promptmill|csv-parse INPUT
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
}

console.log(await readers[by]())
