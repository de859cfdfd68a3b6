import { describe, expect, it } from 'vitest'
import { createAnswerScrub, createScrub } from '../../src/send/scrub.js'

const key = 'sk-7Qz/+=%\\~4WvXpL09'

describe('a scrub', () => {
  it.each([
    ['as it is', key],
    ['in a URL', encodeURIComponent(key)],
    ['in JSON', JSON.stringify(key).slice(1, -1)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(key)).slice(3, -3)],
  ])('takes the key out %s', (_title, form) => {
    expect(createScrub([key])(`before ${form} after`)).toBe('before [key] after')
  })

  it.each([0, 1, 2])('takes the key out of base64 that has %i bytes before it', before => {
    const text = Buffer.from(`${'x'.repeat(before)}${key}`).toString('base64')
    const clean = createScrub([key])(text)
    expect(clean).toContain('[key]')
    expect(clean.replace('[key]', '').length).toBeLessThanOrEqual(8)
  })

  it('leaves a text without the key as it is', () => {
    expect(createScrub([key])('sk-7Qz is not all of it')).toBe('sk-7Qz is not all of it')
  })
})

describe('a scrub of answers', () => {
  it('takes out a key', () => {
    expect(createAnswerScrub([key])(`{"error":"${key.replace('\\', '\\\\')}"}`)).toBe('{"error":"[key]"}')
  })

  it.each(['ollama', 'lm-studio', 'not-needed', 'x'])(
    'leaves %s, which is a key by name alone, in the answer',
    word => {
      expect(createAnswerScrub([word])(`We use ${word}, with an x.`)).toBe(`We use ${word}, with an x.`)
    },
  )
})
