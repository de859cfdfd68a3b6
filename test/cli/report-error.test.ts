import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reportError } from '../../src/cli/report-error.js'
import type { Terminal } from '../../src/cli/terminal.js'
import { PromptmillError } from '../../src/core/errors.js'

const report = (error: unknown) => {
  const lines: string[] = []
  const terminal: Terminal = {
    env: {},
    stdin: (async function* () {})(),
    out: async () => true,
    outForeign: async () => true,
    say: line => lines.push(line),
    write: () => undefined,
    stderrIsTty: false,
    columns: () => 80,
    color: false,
  }
  return { status: reportError(terminal, error), lines }
}

/** What Node throws when a file cannot be opened, with another code. */
const systemError = (code: string): unknown => {
  try {
    return readFileSync('/no/such/file')
  } catch (error) {
    return Object.assign(error as Error, { code })
  }
}

describe('reportError', () => {
  it('says what went wrong and what to do, without a stack', () => {
    const error = new PromptmillError('bad_flag', '--rpm needs a number', { hint: 'Give one' })
    expect(report(error)).toEqual({ status: 2, lines: ['error: --rpm needs a number', '  hint: Give one'] })
  })

  it.each([['EMFILE'], ['ENFILE']])('P9: names ulimit when the program itself cannot be loaded: %s', code => {
    expect(report(systemError(code))).toEqual({
      status: 1,
      lines: [expect.stringContaining('too few files'), expect.stringContaining('ulimit -n')],
    })
  })

  it('shows the stack of a bug', () => {
    const { status, lines } = report(new TypeError('oops'))
    expect(status).toBe(1)
    expect(lines.join('\n')).toMatch(/bug in promptmill[\s\S]*TypeError: oops[\s\S]*report-error\.test/)
  })
})
