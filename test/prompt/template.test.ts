import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import { compileTemplate, unknownColumn } from '../../src/prompt/template.js'

const cells: Readonly<Record<string, string>> = { name: 'Ada', 'full name': 'Ada Lovelace', 'a.b': 'dot', 评论: '很好' }
const render = (source: string): string => compileTemplate('--prompt', source).render(column => cells[column] ?? '?')

describe('compileTemplate', () => {
  it.each([
    ['fills a column in', 'Hello {{name}}!', 'Hello Ada!'],
    ['ignores blanks inside the braces', '{{ name }}', 'Ada'],
    ['takes names with spaces', '{{full name}}', 'Ada Lovelace'],
    ['takes names with dots', '{{a.b}}', 'dot'],
    ['takes Chinese names', '内容：{{评论}}', '内容：很好'],
    ['leaves single braces alone', '{"a": 1} {name}', '{"a": 1} {name}'],
    ['writes four braces as two', 'use {{{{name}}', 'use {{name}}'],
    ['opens the column with the last two of three braces', '{"text": {{{name}}}', '{"text": {Ada}'],
    ['leaves closing braces outside a column alone', 'a }} b', 'a }} b'],
    ['fills the same column in twice', '{{name}}{{name}}', 'AdaAda'],
    ['keeps a text without columns', 'no columns', 'no columns'],
  ])('%s', (_title, source, expected) => {
    expect(render(source)).toBe(expected)
  })

  it.each([
    ['a brace that is never closed', 'Hello {{name', /never closed/],
    ['a brace closed only after another opens', '{{na {{me}}', /never closed/],
    ['empty braces', 'Hello {{ }}', /empty braces/],
  ])('refuses %s and says where', (_title, source, message) => {
    expect(() => render(source)).toThrow(message)
    expect(() => render(source)).toThrow(/--prompt: .* at character \d+/)
    expect(() => render(source)).toThrow(PromptmillError)
  })

  it('I12: never expands what a cell contains', () => {
    const template = compileTemplate('--prompt', '{{a}} {{b}}')
    const hostile: Readonly<Record<string, string>> = { a: '{{b}}', b: 'secret' }
    expect(template.render(column => hostile[column] ?? '')).toBe('{{b}} secret')
  })

  it('puts any cell in byte by byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cell => {
        expect(compileTemplate('--prompt', '<{{x}}>').render(() => cell)).toBe(`<${cell}>`)
      }),
    )
  })

  it('lists its columns once each, in order of appearance', () => {
    expect(compileTemplate('--prompt', '{{b}} {{a}} {{ b }}').columns).toEqual(['b', 'a'])
  })
})

describe('unknownColumn', () => {
  it('suggests the nearest name and lists the columns', () => {
    const error = unknownColumn('--prompt', 'nmae', ['id', 'name', 'text'])
    expect(error.message).toContain('"nmae"')
    expect(error.hint).toBe('Did you mean "name"? Columns found: id, name, text')
  })

  it('suggests nothing when no name is near', () => {
    expect(unknownColumn('--prompt', 'category', ['id', 'text']).hint).toBe('Columns found: id, text')
  })
})
