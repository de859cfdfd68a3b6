import { expect, it } from 'vitest'
import { renderRetryLine } from '../../src/cli/retry-command.js'

const forecast = {
  rows: 1,
  codes: { timeout: 1 },
  copies: 0,
  override: {},
  promptTokens: 12,
  costUsd: undefined,
  unpricedRows: 1,
}

it('shows what is sent in place of the run’s own settings as flags that can be given again', () => {
  const override = { model: 'gpt-4o', param: ['presence_penalty=0.1', 'n=2'], temperature: 0.5, system: null }
  expect(renderRetryLine({ ...forecast, override })).toBe(
    'retrying 1 row (1 timeout), with --model gpt-4o, --param presence_penalty=0.1, --param n=2, --temperature 0.5: 12 prompt tokens, cost unknown',
  )
})
