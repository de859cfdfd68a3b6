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
