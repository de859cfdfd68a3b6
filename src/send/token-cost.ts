import type { Usage } from '../core/model.js'

/** How many answers the running averages look back over. */
const memory = 50

/** More than any call can take: no context is so long. */
const mostTokens = 20_000_000

/** Tokens of a call as they count against a limit; undefined for a sum that cannot be, as odd servers report it. */
export const usedTokens = ({ promptTokens, completionTokens }: Usage): number | undefined => {
  const used = promptTokens + completionTokens
  return used > mostTokens ? undefined : used
}

/** What a send is reckoned to take from a token limit. */
export interface TokenCost {
  /** Prompt and completion tokens, from a rough estimate of the prompt, put right by what was reported so far. */
  of(estimate: number): number
  learn(estimate: number | undefined, usage: Usage): void
}

/**
 * The output allowance is a running average of what answers took, never the model's maximum, which is a hundred times
 * too much; and never a constant, which is a hundred times too little for models that reason.
 */
export const createTokenCost = (): TokenCost => {
  let answers = 0
  let completionTokens = 0
  let ratio = 1
  return {
    of: estimate => estimate * ratio + completionTokens,
    learn(estimate, usage) {
      answers = Math.min(answers + 1, memory)
      completionTokens += (usage.completionTokens - completionTokens) / answers
      if (estimate !== undefined && estimate > 0) ratio += (usage.promptTokens / estimate - ratio) / answers
    },
  }
}
