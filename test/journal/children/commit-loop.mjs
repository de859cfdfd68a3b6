// Commits answers until it is killed, many at once, and prints the row of each one that was acknowledged.
// Arguments: the compiled journal, the run folder, the first row.
import { writeSync } from 'node:fs'

const [url, folder, first] = process.argv.slice(2)
const { openJournal } = await import(url)
const journal = await openJournal(folder, { lingerMs: 1 })

let row = Number(first)
const commitForEver = async () => {
  for (;;) {
    const own = row++
    const key = own.toString(16).padStart(32, '0')
    const place = { key, nth: 0, row: own, attempt: 1, at: Date.now() }
    await journal.note({ kind: 'start', ...place })
    await journal.commit({
      kind: 'answer',
      ...place,
      status: 200,
      latency_ms: 1,
      request_id: null,
      simulated: false,
      body: 'x'.repeat((own * 997) % 5000),
    })
    // Not buffered: what is acknowledged is printed before anything else happens.
    writeSync(1, `${own}\n`)
  }
}
await Promise.all(Array.from({ length: 16 }, commitForEver))
