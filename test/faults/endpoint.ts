import type { Ledger, LedgerCall } from '../../src/simulator/ledger.js'
import { key } from '../secrets/canary.js'
import { startProgram } from './program.js'

/** A call as the endpoint saw it, with the row that it was for. */
export interface EndpointCall extends LedgerCall {
  /** Index of the row and number of the attempt, as the program names them in `x-client-request-id`. */
  readonly row: number
  readonly attempt: number
}

/** The simulator in a process of its own, asked over HTTP: it lives on when the program is killed. */
export interface Endpoint {
  readonly url: string
  ledger(): Promise<Ledger>
  calls(): Promise<EndpointCall[]>
}

const attemptForm = /^pm-[^-]+-(\d+)-(\d+)$/

/** Reads one line of `/ledger/calls`. */
export const readCall = (call: LedgerCall): EndpointCall => {
  const [, row, attempt] = attemptForm.exec(call.client_request_id ?? '') ?? []
  if (row === undefined || attempt === undefined) throw new Error(`A call without a name: ${JSON.stringify(call)}`)
  return { ...call, row: Number(row), attempt: Number(attempt) }
}

/** The model that fault tests ask for. */
export const model = 'gpt-4o-mini'

/** Starts the simulator with these flags. */
export const startEndpoint = async (flags: readonly string[] = [], cwd = '.'): Promise<Endpoint> => {
  const program = startProgram(['simulate', '--port', '0', ...flags], { cwd })
  await program.said(/^http\S+\n/)
  const url = program.stdout().trim()
  const origin = url.replace(/\/v1$/, '')
  return {
    url,
    ledger: async () => (await (await fetch(`${origin}/ledger`)).json()) as Ledger,
    async calls() {
      const text = await (await fetch(`${origin}/ledger/calls`)).text()
      const lines = text.split('\n').filter(line => line !== '')
      return lines.map(line => readCall(JSON.parse(line) as LedgerCall))
    },
  }
}

/** Asks an endpoint without the program: the answer to each row's prompt. */
export const askAll = (url: string, rows: readonly { readonly prompt?: string }[]): Promise<string[]> =>
  Promise.all(
    rows.map(async ({ prompt = '' }) => {
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        // Keys in the order of the alphabet, as the program sends them: the simulator draws its answer from the text.
        body: JSON.stringify({ messages: [{ content: prompt, role: 'user' }], model }),
      })
      const reply = (await response.json()) as { choices: { message: { content: string } }[] }
      return reply.choices[0]?.message.content ?? ''
    }),
  )
