import type { RowFault } from '../core/model.js'

/** Half a surrogate pair (a cut emoji) is no Unicode text; JSON.stringify writes it as an escape of its own. */
const holdsLoneSurrogate = (json: string): boolean =>
  json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/.test(json)

const loneSurrogate: RowFault = {
  code: 'invalid_row',
  message: 'the text holds half of a surrogate pair (a cut emoji), which is not valid Unicode',
}

/** What is wrong with the text of a body, given as canonical JSON. */
export const checkText = (json: string): RowFault | undefined => (holdsLoneSurrogate(json) ? loneSurrogate : undefined)

/** The API refuses to answer with an object unless a message speaks of JSON (OpenAI guide "Structured model outputs", "JSON mode"). */
const namesJson = (message: string): boolean => /json/i.test(message)

const jsonUnnamed: RowFault = {
  code: 'unsupported_request',
  message: 'no message holds the word JSON, as --json-mode needs it: ask for a JSON object in the prompt',
}

/** What keeps messages from being answered with an object that no schema describes. */
export const checkJsonNamed = (messages: readonly string[]): RowFault | undefined =>
  messages.some(namesJson) ? undefined : jsonUnnamed

/** Faults of a Batch API line, which is sent as it is, in a run that would add to it. */
export const answersNotInLine: RowFault = {
  code: 'unsupported_request',
  message:
    'a Batch API line is sent as it is: leave --schema and --json-mode out, and write response_format in its body',
}

export const paramsNotInLine: RowFault = {
  code: 'invalid_param',
  message: 'a Batch API line is sent as it is: put the parameters into its body',
}

export const imagesNotInLine: RowFault = {
  code: 'unsupported_request',
  message: 'a Batch API line is sent as it is: put its images into its body',
}
