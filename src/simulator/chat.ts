import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../core/clock.js'
import type { Pricer } from '../pricing/cost.js'
import { claimOf, findRefusal } from './admission.js'
import { bodyTooLarge, serverError, wrongKey } from './api-error.js'
import { answer, type Call, openCall, refuse } from './call.js'
import { unseen } from './charge.js'
import { type ChatRequest, parseChatRequest } from './chat-request.js'
import { drawFate, type Fate } from './fate.js'
import { paidFaults, playFault } from './faults.js'
import type { Meter, Meters } from './meters.js'
import type { SimulatorSettings } from './options.js'
import { type Prepared, prepareAnswer } from './prepare.js'
import { playScript, type Respond } from './scripted.js'
import type { Session } from './session.js'
import { readBody } from './wire.js'

/** The largest request taken; above it the answer is 413, as at the API. */
export const mostBodyBytes = 64 * 1024 * 1024

export interface ChatPorts {
  readonly settings: SimulatorSettings
  readonly clock: Clock
  readonly price: Pricer
  readonly meters: Meters
  readonly respond: Respond | undefined
}

/** A call whose request was read and whose model's tokens can be counted. */
interface Asked {
  readonly call: Call
  readonly request: ChatRequest
  readonly meter: Meter
  readonly ports: ChatPorts
}

const prepare = ({ call, request, meter, ports }: Asked, tokens: number, fate: Fate): Prepared => {
  const cached = call.session.cache.read(request.model, request.messages, tokens)
  return prepareAnswer(
    request,
    { tokens, cached, fate },
    { ...ports, countText: meter.countText, countExactly: meter.countExactly },
  )
}

const deliver = ({ call, request }: Asked, fate: Fate, { body, charge }: Prepared): void => {
  if (fate.fault !== undefined) return playFault(call, fate.fault, { body, charge })
  // Failed calls keep their claim: the rate-limit guide says that they count.
  const { promptTokens, completionTokens } = charge.usage
  call.session.limits.settle(claimOf(request, promptTokens), promptTokens + completionTokens)
  answer(call, body, { state: 'answered', status: 200, charge })
}

/** Lets the call in or refuses it. The answer is written at once, and sent when its time has come. */
const serve = (asked: Asked): void => {
  const { call, request, meter, ports } = asked
  const tokens = meter.countPrompt(request)
  const refusal = findRefusal(request, tokens, { session: call.session, quotaAfter: ports.settings.quotaAfter })
  if (refusal !== undefined) return refuse(call, refusal.error, refusal.headers)
  const fate = drawFate(ports.settings, request.key, call.session.asked(request.key))
  const prepared = prepare(asked, tokens, fate)
  call.requestId = `req_${fate.id}`
  if (fate.fault === undefined || paidFaults.has(fate.fault)) {
    call.session.answers += 1
    call.ifLeft = { state: 'abandoned', status: null, charge: unseen(prepared.charge) }
  }
  if (fate.latencyMs === 0) deliver(asked, fate, prepared)
  else call.stop = ports.clock.after(fate.latencyMs, () => deliver(asked, fate, prepared))
}

/** The body the call would have been answered with: nothing is charged or remembered for it. */
const previewOf = ({ request, meter, call, ports }: Asked): string => {
  const fate = { id: call.requestId.slice(4), kind: 'plain', usageTold: true } as const
  const prompt = { tokens: meter.countPrompt(request), cached: 0, fate }
  return prepareAnswer(request, prompt, { ...ports, countText: meter.countText, countExactly: meter.countExactly }).body
}

/** Asks the script first. */
const serveScripted = async (asked: Asked, respond: Respond): Promise<void> => {
  const { call, request, ports } = asked
  const { method = '', url = '', headers } = call.req
  const { model, body } = request
  const seen = { n: call.entry.n, method, path: url, headers, model, body, answer: () => previewOf(asked) }
  const script = await respond(seen)
  if (call.entry.state !== 'open') return
  if (script === undefined) serve(asked)
  else await playScript(call, script, ports.price)
}

/** A script or a count that throws: the call fails and says why, the simulator stays up. */
const giveUp = (call: Call, error: unknown): void => {
  if (call.entry.state === 'open' && !call.res.headersSent) refuse(call, { ...serverError, message: String(error) })
  else call.res.destroy()
}

const serveLater = async (asked: Omit<Asked, 'meter'>, loading: Promise<Meter>): Promise<void> => {
  const { call, ports } = asked
  try {
    const meter = await loading
    if (ports.respond !== undefined) await serveScripted({ ...asked, meter }, ports.respond)
    else if (call.entry.state === 'open') serve({ ...asked, meter })
  } catch (error) {
    giveUp(call, error)
  }
}

/** Serves a request at once where it can: with nothing to load and no script to ask, a promise would only cost time. */
const take = (asked: Omit<Asked, 'meter'>): void => {
  const { call, request, ports } = asked
  const { meters } = ports
  call.entry.key = request.key
  const meter = meters.get(request.model)
  if (meter === undefined || ports.respond !== undefined) {
    void serveLater(asked, meter === undefined ? meters.load(request.model) : Promise.resolve(meter))
    return
  }
  try {
    serve({ ...asked, meter })
  } catch (error) {
    giveUp(call, error)
  }
}

interface Place {
  readonly session: Session
  /** The model that the path names. */
  readonly deployment: string | undefined
}

/** Serves one call on the chat endpoint. */
export type Chat = (req: IncomingMessage, res: ServerResponse, place: Place) => void

/** The chat endpoint. A call passes the key, the reading of its body, a script, then what `serve` says. */
export const createChat = (ports: ChatPorts): Chat => {
  const { requireKey, noHeaders } = ports.settings
  return (req, res, { session, deployment }) => {
    const call = openCall(req, res, { session, clock: ports.clock, noHeaders })
    readBody(req, mostBodyBytes, body => {
      if (requireKey && call.entry.authorization !== 'ok') return refuse(call, wrongKey)
      if (body === undefined) return refuse(call, bodyTooLarge(mostBodyBytes))
      const parsed = parseChatRequest(body, deployment)
      if (parsed.ok) take({ call, request: parsed.request, ports })
      else refuse(call, parsed.error)
    })
  }
}
