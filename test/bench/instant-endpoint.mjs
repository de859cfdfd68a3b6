// An endpoint that answers at once, or after a fixed time, whatever it is asked: raw TCP, one fixed completion, nothing
// parsed but lengths. Prints its URL. Any other speed is measured against what a client can do with this one.
// node instant-endpoint.mjs [PORT [LATENCY_MS]]
import { createServer } from 'node:net'

const body = JSON.stringify({
  id: 'chatcmpl-instant',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'The answer is 42, as it always was.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 40,
    completion_tokens: 10,
    total_tokens: 50,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
})

const reply = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    'x-request-id: req_instant',
    'connection: keep-alive',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n'),
)

const headEnd = Buffer.from('\r\n\r\n')
const length = /^content-length: *(\d+)/im

/** Calls answered so far; a GET asks for them. */
let calls = 0
const G = 'G'.charCodeAt(0)

const tellCalls = () => {
  const text = JSON.stringify({ calls })
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}

/** How many complete requests the bytes begin with, and what is left of them behind these. */
const takeRequests = bytes => {
  let count = 0
  let at = 0
  for (;;) {
    const end = bytes.indexOf(headEnd, at)
    if (end === -1) break
    const size = Number(length.exec(bytes.latin1Slice(at, end))?.[1] ?? 0)
    const next = end + headEnd.length + size
    if (next > bytes.length) break
    count += 1
    at = next
  }
  return { count, rest: bytes.subarray(at) }
}

const latencyMs = Number(process.argv[3] ?? 0)

const answer = (socket, count) => {
  if (count === 1) socket.write(reply)
  else if (count > 1) socket.write(Buffer.concat(Array.from({ length: count }, () => reply)))
}

const server = createServer({ noDelay: true }, socket => {
  let waiting = Buffer.alloc(0)
  socket.on('data', chunk => {
    if (waiting.length === 0 && chunk[0] === G) {
      socket.write(tellCalls())
      return
    }
    const { count, rest } = takeRequests(waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]))
    waiting = rest
    calls += count
    if (latencyMs === 0) answer(socket, count)
    else setTimeout(answer, latencyMs, socket, count)
  })
  // A client that goes away is none of our business.
  socket.on('error', () => socket.destroy())
})

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${address.port}/v1`)
})
