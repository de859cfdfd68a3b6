import { PromptmillError } from '../core/errors.js'

const faults: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^$/, 'is empty'],
  [/[\r\n]/, 'holds a line break'],
  [/\s/, 'holds a blank'],
  [/["'`]/, 'holds a quotation mark'],
  [/[^\x21-\x7e]/, 'holds a character that no key has'],
]

/** Where keys come from. */
export type KeyVariable = 'OPENAI_API_KEY' | 'AZURE_OPENAI_API_KEY'

/**
 * The key as it is sent: white space around it removed, since copying brings that along. Checked before it gets near a
 * header: Node's own error for a bad header tells the whole value.
 * @throws PromptmillError `bad_key`, without the value
 */
export const checkKey = (key: string, variable: KeyVariable = 'OPENAI_API_KEY'): string => {
  const trimmed = key.trim()
  const fault = faults.find(([pattern]) => pattern.test(trimmed))
  if (fault === undefined) return trimmed
  throw new PromptmillError('bad_key', `The API key ${fault[1]}`, {
    hint: `Set ${variable} to the key alone, without quotes or line breaks`,
  })
}

/** @returns the error for an endpoint that needs a key when there is none */
export const missingKey = (variable: KeyVariable): PromptmillError =>
  new PromptmillError('bad_key', 'There is no API key', {
    hint: `Set the environment variable ${variable}, or put it into a .env file here; --simulate needs none`,
  })
