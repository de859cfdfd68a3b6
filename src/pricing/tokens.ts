import type { JsonObject } from '../core/model.js'

/** Counts tokens as one model's encoding does. */
export interface TokenCounter {
  /** Tokens of a text alone, without chat overhead. */
  countText(text: string): number
  /** Prompt tokens of the body of a chat completion. */
  countPrompt(body: JsonObject): number
  /** `o200k_base` or `cl100k_base`. */
  readonly encoding: string
  /** Whether the model's own encoding is not known, so that counts are an estimate. */
  readonly approximate: boolean
}

/** Loads the encoding of a model, once a process for each encoding. */
export const loadTokenCounter = async (_model: string): Promise<TokenCounter> => {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  const countText = (text: string): number => countTokens(text, { disallowedSpecial: new Set() })
  return {
    countText,
    countPrompt: body => countText(JSON.stringify(body['messages'] ?? [])),
    encoding: 'o200k_base',
    approximate: false,
  }
}
