/** Stands where the key stood. */
const mark = '[key]'

/**
 * Base64 of anything that holds the secret: three texts, one for each place the secret can begin at within a group of
 * three bytes, without the characters that its neighbours take part in.
 */
const base64Forms = (secret: string): readonly string[] =>
  [0, 1, 2].map(offset => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret, 'utf8')])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
    return whole.slice(offset === 0 ? 0 : 4)
  })

const formsOf = (secret: string): readonly string[] => {
  const base64 = base64Forms(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  const url = encodeURIComponent(secret)
  return [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    // JSON that is itself a string in JSON, as a gateway passes on what another server said.
    JSON.stringify(json).slice(1, -1),
    url,
    url.toLowerCase() === url ? url : url.replaceAll(/%[0-9A-F]{2}/g, code => code.toLowerCase()),
    ...base64,
    ...base64.map(text => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** A form shorter than this would blot out innocent text; no key in use comes near. */
const shortestForm = 6

/**
 * Takes secrets out of a text: as they are, URL-encoded, in base64 and escaped for JSON. Literal replacement, linear in
 * the text: a pattern engine run over a huge value has failed others here.
 */
export const createScrub = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter(form => form.length >= shortestForm || secrets.includes(form))
    .filter(form => form !== '')
    .sort((a, b) => b.length - a.length)
  return text => forms.reduce((clean, form) => clean.replaceAll(form, mark), text)
}

/** Shorter ones (`ollama`, `lm-studio`, `not-needed`) are no secrets, but words that an answer may well hold. */
const shortestSecret = 12

/**
 * The same for the body of an answer, which is otherwise kept as it came: a server that gives the key back in one, as
 * an error with status 200 may, would put it into the journal and the results.
 */
export const createAnswerScrub = (secrets: readonly string[]): ((text: string) => string) =>
  createScrub(secrets.filter(secret => secret.length >= shortestSecret))
