import { overloaded, serverError, strayRateLimit } from './api-error.js'
import { answer, type Call, refuse } from './call.js'
import { type Charge, unseen } from './charge.js'
import type { Verdict } from './ledger.js'
import type { FaultKey } from './options.js'
import type { Prepared } from './prepare.js'
import { type Headers, simulatedHeader } from './wire.js'

/** The faults that come after the answer was written, and so are paid for. */
export const paidFaults: ReadonlySet<FaultKey> = new Set(['faultStall', 'faultCut', 'faultCutSilent', 'faultHtml'])

const webPage =
  '<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head><body><h1>Welcome</h1></body></html>\n'

const errorUnder200 = JSON.stringify({
  error: {
    message: 'The upstream provider returned an error',
    type: 'upstream_error',
    param: null,
    code: 'upstream_error',
  },
})

const halfOf = (body: string): Buffer => {
  const bytes = Buffer.from(body)
  return bytes.subarray(0, Math.ceil(bytes.length / 2))
}

const writeHead = (call: Call, headers: Headers): void => {
  call.res.writeHead(200, { 'content-type': 'application/json', [simulatedHeader]: '1', ...call.headers(), ...headers })
}

const failed = (fault: FaultKey, status: number | null, charge?: Charge): Verdict => ({
  state: 'failed',
  status,
  fault,
  charge: charge && unseen(charge),
})

/** Headers, half of the body, then silence until the client has had enough. */
const stall = (call: Call, { body, charge }: Prepared): void => {
  call.ifLeft = failed('faultStall', 200, charge)
  writeHead(call, { 'content-length': String(Buffer.byteLength(body)) })
  call.res.write(halfOf(body))
}

/** Half of the body, then the end of the connection. Without a content-length, that looks like a whole body. */
const cut = (call: Call, { body, charge }: Prepared, fault: 'faultCut' | 'faultCutSilent'): void => {
  call.session.ledger.settle(call.entry, failed(fault, 200, charge))
  if (fault === 'faultCut') {
    writeHead(call, { 'content-length': String(Buffer.byteLength(body)) })
    call.res.write(halfOf(body), () => call.res.socket?.destroy())
    return
  }
  // With neither header, HTTP/1.1 ends the body where the connection ends.
  call.res.removeHeader('transfer-encoding')
  writeHead(call, { connection: 'close' })
  call.res.end(halfOf(body))
}

const reset = (call: Call): void => {
  call.session.ledger.settle(call.entry, failed('faultReset', null))
  call.res.socket?.resetAndDestroy()
}

/** Plays a fault in place of the answer. */
export const playFault = (call: Call, fault: FaultKey, prepared: Prepared): void => {
  switch (fault) {
    case 'fault500':
      return refuse(call, serverError, {}, fault)
    case 'fault503':
      return refuse(call, overloaded, {}, fault)
    case 'fault429':
      return refuse(call, strayRateLimit, { 'retry-after': '1', 'retry-after-ms': '1000' }, fault)
    case 'faultReset':
      return reset(call)
    case 'faultStall':
      return stall(call, prepared)
    case 'faultCut':
    case 'faultCutSilent':
      return cut(call, prepared, fault)
    case 'faultHtml':
      return answer(call, webPage, failed(fault, 200, prepared.charge), { 'content-type': 'text/html' })
    case 'faultError200':
      return answer(call, errorUnder200, failed(fault, 200))
    default:
      return fault satisfies never
  }
}
