import type { Usage } from '../core/model.js'

/** How many answers the running averages look back over. */
const memory = 50

/** What a send is reckoned to take from a token limit. */
export interface TokenCost {
  /** Prompt tokens, from a rough estimate put right by what was reported so far. */
  prompt(estimate: number): number
  /** Prompt and completion. */
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
  const prompt = (estimate: number): number => estimate * ratio
  return {
    prompt,
    of: estimate => prompt(estimate) + completionTokens,
    learn(estimate, usage) {
      answers = Math.min(answers + 1, memory)
      completionTokens += (usage.completionTokens - completionTokens) / answers
      if (estimate !== undefined && estimate > 0) ratio += (usage.promptTokens / estimate - ratio) / answers
    },
  }
}
