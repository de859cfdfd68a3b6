import { toBareModel, toUndatedModel } from './model-name.js'

/** What a model takes at most, in tokens; undefined where it is not known. */
export interface ModelLimits {
  /** Prompt and completion together. */
  readonly contextTokens: number | undefined
  /** Completion, reasoning included. */
  readonly outputTokens: number | undefined
  /** Whether it takes images. */
  readonly takesImages: boolean | undefined
}

const readNumber = (facts: object | undefined, key: string): number | undefined => {
  const value: unknown = facts && Reflect.get(facts, key)
  return typeof value === 'number' ? value : undefined
}

/** What the tokenizer package says of a model's modalities. */
const readImages = (facts: object | undefined): boolean | undefined => {
  const modalities: unknown = facts && Reflect.get(facts, 'modalities')
  const taken: unknown = typeof modalities === 'object' && modalities !== null && Reflect.get(modalities, 'input')
  return Array.isArray(taken) ? taken.includes('image') : undefined
}

/**
 * Loads what is known of models' limits: the tokenizer package's list, and of models that it does not have the price
 * package's, which knows later models but rounds. About 50 ms.
 */
export const loadModelLimits = async (): Promise<(model: string) => ModelLimits> => {
  const [models, { findProvider }] = await Promise.all([
    import('gpt-tokenizer/models'),
    import('@pydantic/genai-prices'),
  ])
  const listed = new Map<string, object>(Object.entries(models))
  const priced = new Map((findProvider({ providerId: 'openai' })?.models ?? []).map(info => [info.id, info]))
  return model => {
    const name = toBareModel(model)
    const find = (known: ReadonlyMap<string, object>, key: string): number | undefined =>
      readNumber(known.get(name), key) ?? readNumber(known.get(toUndatedModel(name)), key)
    return {
      contextTokens: find(listed, 'context_window') ?? find(priced, 'context_window'),
      outputTokens: find(listed, 'max_output_tokens'),
      takesImages: readImages(listed.get(name)) ?? readImages(listed.get(toUndatedModel(name))),
    }
  }
}
