import type { Usage } from '../core/model.js'
import type { Choice } from './completion.js'

/** What an answer took. Every choice is billed; the prompt once. */
export const sumUsage = (promptTokens: number, cachedTokens: number, choices: readonly Choice[]): Usage => ({
  promptTokens,
  cachedTokens,
  cacheWriteTokens: 0,
  audioPromptTokens: 0,
  completionTokens: choices.reduce((sum, choice) => sum + choice.completionTokens, 0),
  reasoningTokens: choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0),
  audioCompletionTokens: 0,
})

const toWireUsage = (usage: Usage) => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.promptTokens + usage.completionTokens,
  prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

export interface CompletionParts {
  readonly id: string
  readonly model: string
  readonly serviceTier: string
  readonly choices: readonly Choice[]
  /** Undefined where the answer does not report it. */
  readonly usage: Usage | undefined
}

/**
 * The body of a chat completion, field for field as the API sends it.
 * @param created seconds since the epoch
 */
export const toCompletionBody = (parts: CompletionParts, created: number): string =>
  JSON.stringify({
    id: `chatcmpl-${parts.id}`,
    object: 'chat.completion',
    created,
    model: parts.model,
    choices: parts.choices.map(({ message, finishReason }, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: finishReason,
    })),
    usage: parts.usage && toWireUsage(parts.usage),
    service_tier: parts.serviceTier,
    system_fingerprint: 'fp_simulated',
  })
