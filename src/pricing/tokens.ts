import type { JsonObject } from '../core/model.js'
import { countChatTokens } from './chat-tokens.js'
import { measureImage } from './image-parts.js'
import { splitLongRuns } from './long-runs.js'
import { toBareModel } from './model-name.js'
import { createWordCounts } from './word-counts.js'

/** Counts tokens as one model's encoding does. */
export interface TokenCounter {
  /** Tokens of a text alone, without chat overhead. Never throws, whatever the text holds. */
  readonly countText: (text: string) => number
  /** Prompt tokens of the body of a chat completion; `countChatTokens` says what they are made of. */
  readonly countPrompt: (body: JsonObject) => number
  readonly encoding: EncodingName
  /** Whether the model's encoding is not published, so that its tokens are an estimate. */
  readonly approximate: boolean
}

export type EncodingName = keyof typeof loaders

/** Each encoding is some 2 MB of ranks: loaded when a model asks for it, and kept by the module loader. */
const loaders = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
}

/** The expressions by which the encodings cut a text into words. */
const splitterNames = {
  o200k_base: 'O200K_TOKEN_SPLIT_REGEX',
  cl100k_base: 'CL100K_TOKEN_SPLIT_REGEX',
} as const

/** `gpt-4` and what begins with `gpt-4-`, `gpt-3.5` and Azure's spelling `gpt-35`: not gpt-4o, gpt-4.1 or gpt-4.5. */
const cl100kModel = /^(?:ft:)?gpt-(?:4(?=$|-)|3\.5|35)/

/** Families whose encoding is known. That of gpt-6 is not published; gpt-oss has a chat format of its own. */
const knownModel = /^(?:ft:)?(?:gpt-(?:3\.5|35|4o?|5)|chatgpt-4o|codex-mini|o[134])(?=$|[-.])/

/** The encoding of a model by its name (tiktoken's `model.py`); of one it does not know, that of the latest known. */
export const encodingOf = (model: string): EncodingName =>
  cl100kModel.test(toBareModel(model)) ? 'cl100k_base' : 'o200k_base'

/** Whether a model's encoding is published; the tokens of any other are an estimate. */
export const hasKnownEncoding = (model: string): boolean => knownModel.test(toBareModel(model))

/** Text that looks like a special token is text: the API never takes `<|endoftext|>` from a message as one. */
const asPlainText = { disallowedSpecial: new Set<string>() }

/**
 * Merges the tokenizer remembers. Its own 100,000 each keep alive the text they were cut from, and on text that seldom
 * repeats itself they cost more time than they save.
 */
const mergeCacheSize = 1000

/** Loads the counter of a model: its encoding once a process, about 100 ms and 40 to 70 MB. */
export const loadTokenCounter = async (model: string): Promise<TokenCounter> => {
  const encoding = encodingOf(model)
  const [{ countTokens, setMergeCacheSize }, splitters] = await Promise.all([
    loaders[encoding](),
    import('gpt-tokenizer/encodingParams/constants'),
  ])
  setMergeCacheSize(mergeCacheSize)
  const countWords = createWordCounts(splitters[splitterNames[encoding]], text => countTokens(text, asPlainText))
  const countText = (text: string): number => {
    let tokens = 0
    for (const piece of splitLongRuns(text)) tokens += countWords(piece)
    return tokens
  }
  return {
    countText,
    countPrompt: body => countChatTokens(body, { countText, countImage: part => measureImage(part, model).tokens }),
    encoding,
    approximate: !hasKnownEncoding(model),
  }
}
