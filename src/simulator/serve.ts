import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { methodNotAllowed, unknownUrl, wrongKey } from './api-error.js'
import type { Chat } from './chat.js'
import type { LedgerBook } from './ledger.js'
import { describeModel, listModels } from './models.js'
import type { SimulatorSettings } from './options.js'
import { findRoute, isAllowed, type Route } from './routes.js'
import type { Session } from './session.js'
import { judgeKey, sendBody, sendError, simulatedHeader } from './wire.js'

const linesAChunk = 500

const toLines = function* (ledger: LedgerBook): Generator<string> {
  let chunk: string[] = []
  for (const call of ledger.calls()) {
    chunk.push(`${JSON.stringify(call)}\n`)
    if (chunk.length < linesAChunk) continue
    yield chunk.join('')
    chunk = []
  }
  yield chunk.join('')
}

const sendCalls = (res: ServerResponse, ledger: LedgerBook): void => {
  res.writeHead(200, { 'content-type': 'application/x-ndjson', [simulatedHeader]: '1' })
  // A reader that leaves early is no failure of the simulator.
  pipeline(Readable.from(toLines(ledger)), res).catch(() => {})
}

/** What the paths need. */
export interface Desk {
  readonly settings: SimulatorSettings
  readonly chat: Chat
  /** The session as of now: a reset puts another in its place. */
  readonly session: () => Session
  readonly reset: () => void
}

const sendModel = (res: ServerResponse, name: string): void => {
  const model = describeModel(name)
  if (model.ok) sendBody(res, 200, model.body, {})
  else sendError(res, model.error)
}

const serveRoute = (route: Route, req: IncomingMessage, { res, desk }: { res: ServerResponse; desk: Desk }): void => {
  if (route.kind === 'chat') {
    return desk.chat(req, res, { session: desk.session(), deployment: route.deployment })
  }
  req.resume()
  switch (route.kind) {
    case 'models':
    case 'model':
      if (desk.settings.requireKey && judgeKey(req.headers) !== 'ok') return sendError(res, wrongKey)
      return route.kind === 'models' ? sendBody(res, 200, listModels(), {}) : sendModel(res, route.name)
    case 'ledger':
      if (req.method !== 'GET') desk.reset()
      return sendBody(res, 200, JSON.stringify(desk.session().ledger.totals()), {})
    case 'calls':
      return sendCalls(res, desk.session().ledger)
    default:
      return route satisfies never
  }
}

/** Serves one request, whatever it asks for. */
export const serve = (req: IncomingMessage, res: ServerResponse, desk: Desk): void => {
  const { method = '', url = '' } = req
  const route = findRoute(url)
  const path = url.replace(/\?.*$/s, '')
  if (route !== undefined && isAllowed(route, method)) return serveRoute(route, req, { res, desk })
  req.resume()
  sendError(res, route === undefined ? unknownUrl(method, path) : methodNotAllowed(method, path))
}
