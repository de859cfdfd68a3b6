import type { ScriptedCall } from '../../src/simulator/scripted.js'
import { model } from './endpoint.js'

/** What the last message of a scripted call says. */
export const promptOf = ({ body }: Pick<ScriptedCall, 'body'>): string =>
  (body['messages'] as readonly { readonly content: string }[]).at(-1)?.content ?? ''

/** The answer that a short endpoint gives to a prompt. */
export const shortAnswer = (prompt: string): string => `Re: ${prompt}`

/** A completion with nothing in it but what must be: a journal of such answers is short. */
export const shortCompletion = (content: string): string =>
  JSON.stringify({
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  })

/** Scripts an endpoint: every prompt gets its short answer. */
export const answerShortly = (call: ScriptedCall): { readonly body: string } => ({
  body: shortCompletion(shortAnswer(promptOf(call))),
})
