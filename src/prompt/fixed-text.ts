import { findColumn } from './cells.js'
import type { PromptSettings } from './drafts.js'
import { compileTemplate } from './template.js'
import type { InputShape } from './templates.js'

/** The texts that are written for every row; none where rows bring their own. */
const sourcesOf = ({ prompt, system, messages }: PromptSettings): readonly string[] => {
  if (messages !== undefined) return messages.map(({ content }) => content.source)
  if (prompt === undefined) return []
  return system === undefined ? [prompt.source] : [prompt.source, system.source]
}

const singleBraces = /(?<!\{)\{\s*([^{}\r\n]{1,60}?)\s*\}(?!\})/g

/** Which keys the rows of JSON have is not known yet: a plain word may be one. */
const likeKey = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** What stands in single braces and was probably meant as a column, as the template has it. */
const findSingle = (sources: readonly string[], { form, columns }: InputShape): string | undefined =>
  sources
    .flatMap(source => [...source.matchAll(singleBraces)])
    .map(([, name = '']) => name)
    .find(name => (form === 'json' ? likeKey.test(name) : findColumn(columns, name) !== undefined))

/**
 * Says that a template names no column, so that every row is sent the same text. Undefined where rows differ by
 * something else: their images, their settings, or their own conversations.
 */
export const describeFixedText = (settings: PromptSettings, shape: InputShape): string | undefined => {
  const sources = sourcesOf(settings)
  if (sources.length === 0 || settings.images !== undefined || settings.rowParams !== undefined) return undefined
  if (sources.some(source => compileTemplate('the template', source).columns.length > 0)) return undefined
  const single = findSingle(sources, shape)
  const advice = single === undefined ? 'write a column as {{name}}' : `write {{${single}}} for {${single}}`
  return `The template names no column: every row is sent the same text (${advice})`
}
