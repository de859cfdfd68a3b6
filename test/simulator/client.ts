import { type IncomingHttpHeaders, request } from 'node:http'
import type { Clock } from '../../src/core/clock.js'

/** What a client saw of one call. */
export interface Seen {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body, parsed. */
  readonly json: () => any // oxlint-disable-line typescript/no-explicit-any -- tests look into bodies of any shape
  /** The error that ended the body early, if one did. */
  readonly error: (Error & { code?: string }) | undefined
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Told once so many bytes of the body have come, with a way to hang up. */
  readonly afterBytes?: { readonly count: number; readonly act: (hangUp: () => void) => void }
}

/** One request by `node:http`, told to the end: rejects only when no reply began. */
export const ask = (url: string, { method = 'GET', headers = {}, body, afterBytes }: Ask = {}): Promise<Seen> =>
  new Promise((resolve, reject) => {
    let onError: (error: Error) => void = reject
    const req = request(url, { method, headers: { 'content-type': 'application/json', ...headers } }, res => {
      const chunks: Buffer[] = []
      const done = (error?: Error): void => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json: () => JSON.parse(text), error })
      }
      res.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        const size = chunks.reduce((sum, { length }) => sum + length, 0)
        if (afterBytes !== undefined && size >= afterBytes.count) afterBytes.act(() => req.destroy())
      })
      res.on('end', () => done())
      res.on('error', done)
      // A reset that comes after the headers is told to the request, or to the reply as its end: it depends on what the
      // system has read by then.
      onError = done
    })
    req.on('error', error => onError(error))
    req.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body))
  })

/** A chat completion with one user message. */
export const chat = (
  base: string,
  prompt: string,
  rest: Record<string, unknown> & Pick<Ask, 'headers'> = {},
): Promise<Seen> => {
  const { headers = {}, ...body } = rest
  const messages = [{ role: 'user', content: prompt }]
  return ask(`${base}/chat/completions`, { method: 'POST', headers, body: { model: 'gpt-4o-mini', messages, ...body } })
}

/** A promise and what fulfils it. */
export const createGate = <T = void>() => {
  const gate: { open: (value: T) => void } = { open: () => undefined }
  const opened = new Promise<T>(resolve => {
    gate.open = resolve
  })
  return { opened, open: (value: T): void => gate.open(value) }
}

/** A clock that stands still until it is told. */
export interface FakeClock extends Clock {
  /** Moves on, and calls what has come due, in order. */
  advance(ms: number): void
  /** Resolves when the next wait begins. */
  waiting(): Promise<void>
  /** Resolves when the next wait is given up. */
  cancelled(): Promise<void>
}

export const createFakeClock = (): FakeClock => {
  let now = 0
  const timers = new Set<{ at: number; call: () => void }>()
  const listeners = { waiting: new Set<() => void>(), cancelled: new Set<() => void>() }
  const tell = (kind: keyof typeof listeners): void => {
    for (const listener of listeners[kind]) listener()
    listeners[kind].clear()
  }
  const next = (kind: keyof typeof listeners): Promise<void> =>
    new Promise(resolve => {
      listeners[kind].add(resolve)
    })
  return {
    now: () => now,
    wall: () => Date.UTC(2026, 0, 1) + now,
    after(ms, call) {
      const timer = { at: now + ms, call }
      timers.add(timer)
      tell('waiting')
      return () => {
        if (timers.delete(timer)) tell('cancelled')
      }
    },
    advance(ms) {
      now += ms
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && timers.delete(timer)) timer.call()
      }
    },
    waiting: () => next('waiting'),
    cancelled: () => next('cancelled'),
  }
}
