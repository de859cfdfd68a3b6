import { hashText } from './random.js'

/** Prompts below so many tokens are not cached, and hits are told in such steps (OpenAI's prompt caching guide). */
const leastTokens = 1024
const stepTokens = 128
/** About one step of English. */
const blockChars = 512
const mostBlocks = 100_000

export interface PromptCache {
  /** How many of a prompt's tokens were read from the cache; remembers the prompt's prefixes for the next. */
  read(model: string, text: string, tokens: number): number
}

/**
 * A prompt cache that knows prefixes by blocks of characters: finding where the 1,024th token ends would take an
 * encoder for every call. A prompt's cached tokens depend on what was asked before it, as they do at the API.
 */
export const createPromptCache = (): PromptCache => {
  const seen = new Set<string>()
  const remember = (prefix: string): boolean => {
    // Deleted and added again, so that a prefix in use is the last to be forgotten.
    const known = seen.delete(prefix)
    seen.add(prefix)
    if (seen.size > mostBlocks) {
      const [oldest = ''] = seen
      seen.delete(oldest)
    }
    return known
  }
  return {
    read(model, text, tokens) {
      if (tokens < leastTokens) return 0
      let prefix = model
      let known = 0
      for (let end = blockChars; end <= text.length; end += blockChars) {
        prefix = hashText(prefix + text.slice(end - blockChars, end)).slice(0, 24)
        if (remember(prefix) && known === end - blockChars) known = end
      }
      const cached = Math.floor((tokens * known) / text.length / stepTokens) * stepTokens
      return cached < leastTokens ? 0 : cached
    },
  }
}
