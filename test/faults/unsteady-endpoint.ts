import type { Random } from '../../src/simulator/random.js'
import type { Scripted } from '../../src/simulator/scripted.js'
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.js'
import { promptOf, shortCompletion } from './short-answers.js'

/** An endpoint whose answers are all different, and that fails as often as it is told to. */
export interface UnsteadyEndpoint extends LocalEndpoint {
  /** The prompts of all calls, in order of arrival. */
  readonly asked: readonly string[]
  /** Share of calls that fail from now on. */
  failing: number
  /** Called as each call arrives. */
  onCall: () => void
}

const errorBody = JSON.stringify({ error: { message: 'No luck', type: 'server_error', param: null, code: null } })

/** The ways in which a call fails. In the last three an answer was made, and lost. */
const faults: readonly ((answer: string) => Scripted)[] = [
  () => ({ status: 500, body: errorBody }),
  () => ({ status: 503, body: errorBody }),
  () => ({ status: 429, body: errorBody, headers: { 'retry-after-ms': '20' } }),
  () => 'reset',
  answer => ({ body: answer, cut: { afterBytes: answer.length / 2, how: 'reset' } }),
  answer => ({ body: answer.slice(0, answer.length / 2), framing: 'close' }),
  () => ({ body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }),
]

/** The prompt that an answer of this endpoint is for; the answers to one prompt differ in their number. */
export const promptIn = (response: string): string => response.replace(/^Re: (.*) \(\d+\)$/s, '$1')

/** Answers with `Re: PROMPT (NUMBER)`. */
export const startUnsteadyEndpoint = async (random: Random): Promise<UnsteadyEndpoint> => {
  const asked: string[] = []
  const control = { failing: 0, onCall: (): void => undefined }
  const endpoint = await startLocalEndpoint(
    {},
    {
      respond(call) {
        asked.push(promptOf(call))
        control.onCall()
        const answer = shortCompletion(`Re: ${promptOf(call)} (${asked.length})`)
        if (random() >= control.failing) return { body: answer }
        return faults[Math.floor(random() * faults.length)]?.(answer)
      },
    },
  )
  return Object.assign(control, endpoint, { asked })
}
