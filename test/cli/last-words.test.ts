import { describe, expect, it } from 'vitest'
import { type Ending, renderLastWords, replaceFlag } from '../../src/cli/last-words.js'
import { parseUsd } from '../../src/core/money.js'
import { createTally } from '../../src/core/summary.js'

const summary = createTally().summary(0)

const none = { rows: 0, reused: 0, moved: 0, pending: 0, faulty: 0, copies: 0, edited: 0, new: 0, removed: 0 }

const end = (
  { failed = 0, pending = 0, faulty = 0 }: { failed?: number; pending?: number; faulty?: number },
  facts: Partial<Ending> = {},
): Ending => ({
  stop: undefined,
  summary: { ...summary, rows: { total: 9, ok: 9 - failed - pending, failed, pending } },
  results: 'my out.csv',
  runFolder: 'my out.csv.run',
  plan: { ...none, faulty },
  capUsd: undefined,
  ...facts,
})

const words = ['promptmill', 'run', 'in.csv', '--max-cost', '0.0005', '-o', 'q.csv']

const stopped = (code: 'budget_exhausted' | 'outage') => ({ code, message: '', hint: undefined })

describe('the last words of a session', () => {
  it.each<[string, Ending, string[]]>([
    ['nothing when every row has an answer', end({}), []],
    ['the retry command when rows failed', end({ failed: 2 }), ["retry with: promptmill retry 'my out.csv'"]],
    [
      'the run command for failed rows that have to be mended, and the retry command last',
      end({ failed: 2, faulty: 2 }),
      [
        '2 failed rows have no request, so that retry cannot send them: mend them in the input, then give the run command',
        'run with: promptmill run in.csv --max-cost 0.0005 -o q.csv',
        "retry with: promptmill retry 'my out.csv'",
      ],
    ],
    [
      'the same when retry can send some of them',
      end({ failed: 2, faulty: 1 }),
      [
        '1 failed row has no request, so that retry cannot send it: mend it in the input, then give the run command',
        'run with: promptmill run in.csv --max-cost 0.0005 -o q.csv',
        "retry with: promptmill retry 'my out.csv'",
      ],
    ],
    [
      'the run command when a row is pending',
      end({ failed: 1, pending: 1 }),
      ['1 row is pending: the run command sends it', 'run with: promptmill run in.csv --max-cost 0.0005 -o q.csv'],
    ],
    [
      'the same command when the run stopped',
      end({ pending: 1 }, { stop: stopped('outage'), capUsd: parseUsd('0.0005') }),
      ['resume with: promptmill run in.csv --max-cost 0.0005 -o q.csv'],
    ],
    [
      'a command with twice the cap when that was reached',
      end({ pending: 1 }, { stop: stopped('budget_exhausted'), capUsd: parseUsd('0.0005') }),
      [
        'the command below has twice the cap; give what you want to spend',
        'resume with: promptmill run in.csv -o q.csv --max-cost 0.001',
      ],
    ],
  ])('are %s', (_what, ending, lines) => {
    expect(renderLastWords(ending, words)).toEqual(lines)
  })
})

describe('the last words of a retry', () => {
  it('lead back to the run by its manifest', () => {
    expect(renderLastWords(end({ pending: 2 }), ['promptmill', 'retry', 'my out.csv'])).toEqual([
      '2 rows are pending: the run command sends them',
      "run with: promptmill run --config 'my out.csv.run/manifest.json'",
    ])
  })
})

describe('replacing a flag', () => {
  it.each([
    ['its own word', ['run', '--max-cost', '1', 'a']],
    ['the same word', ['run', '--max-cost=1', 'a']],
    ['no word, since it came from elsewhere', ['run', 'a']],
  ])('works where the value had %s', (_where, given) => {
    expect(replaceFlag(given, '--max-cost', '2')).toEqual(['run', 'a', '--max-cost', '2'])
  })
})
