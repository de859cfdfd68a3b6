/** The model's own name, without the vendor that gateways such as OpenRouter put before it. */
export const toBareModel = (model: string): string => model.replace(/^openai\//, '')

/**
 * What a dated snapshot is a snapshot of: `gpt-4o-mini-2024-07-18` → `gpt-4o-mini`; any other name is itself.
 * Nothing but a date at the end is taken off: `gpt-5-mini` is no kind of `gpt-5`.
 */
export const toUndatedModel = (model: string): string => model.replace(/-\d{4}-\d{2}-\d{2}$/, '')

/** Whether a model thinks before it answers, and is billed for it: o1, o3, o4, gpt-5 and later, but not their chat forms. */
export const isReasoningModel = (model: string): boolean => {
  const name = toBareModel(model)
  return /^(?:o\d|gpt-(?:[5-9]|\d\d))/.test(name) && !name.includes('-chat')
}
