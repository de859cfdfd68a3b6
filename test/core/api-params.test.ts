import { describe, expect, it } from 'vitest'
import { explainUnknownParam, findApiParam } from '../../src/core/api-params.js'

describe('a parameter', () => {
  it.each([
    ['temprature', 'Did you mean temperature?'],
    ['stream', 'Answers are written whole; leave it out'],
    ['response_format', 'All answers of a run have one form: use --schema or --json-mode'],
    ['constructor', expect.stringMatching(/^Known: model, temperature/)],
  ])('that a row cannot set, %s, is explained', (name, words) => {
    expect(findApiParam(name)).toBeUndefined()
    expect(explainUnknownParam(name)).toEqual(words)
  })
})
