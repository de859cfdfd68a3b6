// The least a client can do: bodies sent by undici's pool, replies parsed, nothing read from a file, nothing written.
// Prints how long the calls took, without Node's start-up. node bare-transport.mjs BASE_URL ROWS CONCURRENCY
import { Pool } from 'undici'
import { promptOf } from './rows-file.mjs'

const [baseUrl, rowsText, concurrencyText] = process.argv.slice(2)
const rows = Number(rowsText)
const concurrency = Number(concurrencyText)
const { origin, pathname } = new URL(`${baseUrl}/chat/completions`)
const pool = new Pool(origin, { connections: concurrency })
const headers = { 'content-type': 'application/json', authorization: 'Bearer none' }

let next = 0
let tokens = 0
const work = async () => {
  for (let row = next++; row < rows; row = next++) {
    const content = promptOf(row, 200)
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })
    const reply = await pool.request({ path: pathname, method: 'POST', headers, body })
    const completion = await reply.body.json()
    tokens += completion.usage.total_tokens
  }
}

const startedAt = performance.now()
await Promise.all(Array.from({ length: concurrency }, work))
console.log(JSON.stringify({ ms: performance.now() - startedAt, tokens }))
await pool.close()
