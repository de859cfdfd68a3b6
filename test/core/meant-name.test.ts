import { describe, expect, it } from 'vitest'
import { meantName } from '../../src/core/meant-name.js'

describe('the name that was meant', () => {
  it.each([
    ['template', ['prompt', 'system'], 'prompt'],
    ['--template', ['--prompt', '--temperature'], '--prompt'],
    ['system_prompt', ['prompt', 'system'], 'system'],
    ['--modle', ['--model', '--prompt'], '--model'],
    ['--template', ['--latency-ms'], undefined],
    ['constructor', ['prompt'], undefined],
  ])('of %s among %j is %s', (name, known, meant) => {
    expect(meantName(name, known)).toBe(meant)
  })
})
