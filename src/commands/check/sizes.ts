import { countOf, showCount } from '../../core/count-words.js'
import type { ModelLimits } from '../../pricing/model-limits.js'
import type { RequestSize } from '../../pricing/request-size.js'
import type { Draft } from '../../prompt/drafts.js'
import type { FindingText } from './findings.js'

/** Limits that a request is held against. */
export interface SizeLimits {
  readonly limitsOf: (model: string) => ModelLimits
  readonly tpm: number | undefined
}

/** A byte-level encoding makes a token of at least one byte, and UTF-8 at most three bytes of a UTF-16 unit. */
const mostTokensPerCharacter = 3

/** Tokens that most models take together; of one whose context is not known, more may be too much. */
const usualContext = 128_000

/**
 * Whether a request could be over a limit, by its length alone: counting all would take many times as long as reading.
 * An image may take tokens that its URL does not show.
 */
export const needsCounting = ({ body, model }: Draft, { limitsOf, tpm }: SizeLimits): boolean => {
  const { contextTokens = usualContext, outputTokens = 0 } = limitsOf(model)
  const limit = Math.min(tpm ?? Number.POSITIVE_INFINITY, contextTokens - outputTokens)
  return body.length * mostTokensPerCharacter > limit || body.includes('"max_') || body.includes('"image_url"')
}

/** Most images of a request (OpenAI guide "Images and vision"). */
const mostImages = 1500

/** What is wrong with a request's size, with what is to be said of this row alone. */
export const findSizeFaults = (
  size: RequestSize,
  { limitsOf, tpm }: SizeLimits,
): readonly (readonly [text: FindingText, detail: string])[] => {
  const { model, promptTokens, maxTokens = 0, images, brokenImages } = size
  const { contextTokens, outputTokens } = limitsOf(model)
  const found: [FindingText, string][] = []
  const fault = (code: FindingText['code'], message: string, more: { hint: string; detail: string }): void => {
    found.push([{ code, kind: 'fault', message, hint: more.hint }, more.detail])
  }
  if (contextTokens !== undefined && promptTokens + maxTokens > contextTokens) {
    const answer = maxTokens === 0 ? '' : ` and an answer of ${showCount(maxTokens)}`
    fault(
      'context_exceeded',
      `The prompt does not fit into the context of ${model}, ${showCount(contextTokens)} tokens`,
      {
        hint: 'Shorten the prompt, or give a --model with a larger context',
        detail: `${showCount(promptTokens)} prompt tokens${answer}`,
      },
    )
  }
  if (brokenImages > 0) {
    fault('bad_image', 'The data of an image are no PNG, JPEG, WEBP or GIF', {
      hint: 'Check the file that the data were made of, and that it was written as Base64',
      detail: `${brokenImages} of ${images} images`,
    })
  }
  if (images > mostImages) {
    fault('bad_image', `More than ${showCount(mostImages)} images in one request`, {
      hint: 'Spread them over several rows',
      detail: `${showCount(images)} images`,
    })
  }
  if (outputTokens !== undefined && maxTokens > outputTokens) {
    fault('limit_exceeded', `${model} answers with at most ${showCount(outputTokens)} tokens`, {
      hint: 'Give a smaller --max-tokens',
      detail: `asks for ${showCount(maxTokens)}`,
    })
  }
  if (tpm !== undefined && Math.max(promptTokens, maxTokens) > tpm) {
    fault('limit_exceeded', `The request alone is over ${showCount(tpm)} tokens a minute and can never be sent`, {
      hint: 'Shorten the prompt, give a smaller --max-tokens, or ask for a higher limit',
      detail: `${showCount(promptTokens)} prompt tokens${maxTokens === 0 ? '' : `, an answer of up to ${showCount(maxTokens)}`}`,
    })
  }
  return found
}

/** What of a request may be too much for its model, as far as that is known, with what is to be said of this row alone. */
export const findSizeNotes = (
  { model, promptTokens, images }: RequestSize,
  { limitsOf }: SizeLimits,
): readonly (readonly [text: FindingText, detail: string])[] => {
  const { contextTokens, takesImages } = limitsOf(model)
  const found: [FindingText, string][] = []
  if (contextTokens === undefined && promptTokens > usualContext) {
    const message = `The context of ${model} is not known, and many models take no more than ${showCount(usualContext)} tokens`
    const hint = 'Check in its documentation what the model takes'
    found.push([{ code: 'context_unknown', kind: 'note', message, hint }, `${showCount(promptTokens)} prompt tokens`])
  }
  if (images > 0 && takesImages === false) {
    const message = `${model} takes no images, as far as is known`
    const hint = 'Give a --model that does, such as gpt-4o-mini'
    found.push([{ code: 'images_unsupported', kind: 'note', message, hint }, countOf(images, 'image')])
  }
  return found
}
