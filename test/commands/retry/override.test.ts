import { describe, expect, it } from 'vitest'
import { checkLimit, findOverride, overrideFlags, shorten } from '../../../src/commands/retry/override.js'
import { type GivenFlags, toRunSettings } from '../../../src/commands/session/settings.js'

const settings = (flags: GivenFlags) => toRunSettings({ model: 'gpt-4o-mini', ...flags }, {})

describe('overrideFlags', () => {
  it.each<[string, GivenFlags, GivenFlags, GivenFlags]>([
    ['puts a flag in the place of another', { model: 'a', seed: 1 }, { model: 'b' }, { model: 'b', seed: 1 }],
    ['keeps what is not given', { model: 'a' }, { model: undefined }, { model: 'a' }],
    ['replaces a template from a file', { promptFile: 'a.txt' }, { prompt: 'b' }, { prompt: 'b' }],
    ['and the other way round', { system: 'a' }, { systemFile: 'b.txt' }, { systemFile: 'b.txt' }],
    ['replaces a parameter by its key', { param: ['a=1', 'b=2'] }, { param: ['a=3'] }, { param: ['b=2', 'a=3'] }],
    ['replaces a parameter by its flag', { param: ['max_tokens=5'] }, { maxTokens: 9 }, { maxTokens: 9 }],
    ['and a flag by its parameter', { temperature: 1 }, { param: ['temperature=0'] }, { param: ['temperature=0'] }],
  ])('%s', (_title, own, given, expected) => {
    expect(overrideFlags(own, given)).toEqual(expected)
  })
})

describe('findOverride', () => {
  it('names what differs, with the values that are sent', async () => {
    const own = await settings({ maxTokens: 5 })
    expect(findOverride(own, await settings({ maxTokens: 5 }))).toBeUndefined()
    expect(findOverride(own, await settings({ maxTokens: 9, system: 'Brief' }))).toEqual({
      maxTokens: 9,
      system: 'Brief',
    })
  })
})

describe('shorten', () => {
  it('keeps short values and tells long texts by their hash', () => {
    const short = shorten({ model: 'gpt-4o', maxTokens: 5, prompt: 'long '.repeat(50) })
    expect(short).toEqual({ model: 'gpt-4o', maxTokens: 5, prompt: expect.stringMatching(/^sha256:[\da-f]{64}$/) })
  })
})

describe('checkLimit', () => {
  it.each<[string, GivenFlags, GivenFlags]>([
    ['a larger limit', { maxTokens: 5 }, { maxTokens: 6 }],
    ['no limit before', {}, {}],
    ['a limit that is a parameter', { param: ['max_tokens=5'] }, { param: ['max_tokens=50'] }],
  ])('allows %s', async (_title, own, other) => {
    const [before, now] = [await settings(own), await settings(other)]
    expect(() => checkLimit(before, now)).not.toThrow()
  })

  it.each<[string, GivenFlags, GivenFlags]>([
    ['the same limit', { maxTokens: 5 }, { maxTokens: 5 }],
    ['a smaller one', { maxTokens: 5 }, { maxTokens: 4 }],
    ['the same as a parameter', { param: ['max_tokens=5'] }, { param: ['max_tokens=5'] }],
  ])('refuses %s', async (_title, own, other) => {
    const [before, now] = [await settings(own), await settings(other)]
    expect(() => checkLimit(before, now)).toThrow(
      expect.objectContaining({ code: 'bad_flag', hint: expect.stringContaining('--max-tokens 20') }),
    )
  })
})
