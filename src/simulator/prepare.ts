import type { Clock } from '../core/clock.js'
import type { Pricer } from '../pricing/cost.js'
import type { Charge } from './charge.js'
import type { ChatRequest } from './chat-request.js'
import { writeChoices } from './completion.js'
import { sumUsage, toCompletionBody } from './completion-body.js'
import type { Fate } from './fate.js'
import type { SimulatorSettings } from './options.js'
import type { CountText } from './word-counter.js'

/** An answer that is ready to be sent, and what it costs. */
export interface Prepared {
  readonly body: string
  readonly charge: Charge
}

export interface PrepareContext {
  readonly settings: SimulatorSettings
  readonly clock: Pick<Clock, 'wall'>
  readonly price: Pricer
  readonly countText: CountText
  readonly countExactly: CountText
}

/** Writes the answer to a request: its body, and what it is charged at. */
export const prepareAnswer = (
  request: ChatRequest,
  prompt: { readonly tokens: number; readonly cached: number; readonly fate: Pick<Fate, 'id' | 'kind' | 'usageTold'> },
  { settings, clock, price, countText, countExactly }: PrepareContext,
): Prepared => {
  const { model, serviceTier } = request
  const { id, kind, usageTold } = prompt.fate
  const choices = writeChoices(request, kind, { settings, countText, countExactly })
  const usage = sumUsage(prompt.tokens, prompt.cached, choices)
  const parts = {
    id,
    model,
    serviceTier,
    choices: kind === 'emptyChoices' ? [] : choices,
    usage: usageTold ? usage : undefined,
  }
  return {
    body: toCompletionBody(parts, Math.floor(clock.wall() / 1000)),
    charge: { usage, cost: price(model, usage, serviceTier), seen: usageTold },
  }
}
