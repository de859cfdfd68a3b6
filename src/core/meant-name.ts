import { nearestName } from './nearest.js'

/** What people call options that have another name here. */
const otherNames = new Map([
  ['template', 'prompt'],
  ['prompt-template', 'prompt'],
  ['user', 'prompt'],
  ['system-prompt', 'system'],
  ['instructions', 'system'],
  ['file', 'input'],
  ['data', 'input'],
  ['out', 'output'],
  ['results', 'output'],
  ['url', 'base-url'],
  ['endpoint', 'base-url'],
  ['workers', 'concurrency'],
  ['parallel', 'concurrency'],
  ['threads', 'concurrency'],
  ['budget', 'max-cost'],
  ['max-retries', 'retries'],
  ['response-format', 'schema'],
  ['json-schema', 'schema'],
])

/**
 * The name that was probably meant by one that there is not: the option that it is another word for, else the one that is
 * written alike; undefined when there is none. Names with dashes before them find names with dashes.
 */
export const meantName = (name: string, known: readonly string[]): string | undefined => {
  const [, dashes = '', bare = ''] = /^(-*)(.*)$/s.exec(name) ?? []
  const other = otherNames.get(bare.toLowerCase().replaceAll('_', '-'))
  const meant = other === undefined ? undefined : dashes + other
  return meant !== undefined && known.includes(meant) ? meant : nearestName(name, known)
}
