import { describe, expect, it } from 'vitest'
import { sumEarlierSpending } from '../../../src/commands/session/earlier-spending.js'
import { formatUsd, parseUsd } from '../../../src/core/money.js'
import type { JournalRecord } from '../../../src/core/records.js'
import { openJournal } from '../../../src/journal/open.js'
import { answerOf, failureOf, runRecord, startOf } from '../../journal/sample-records.js'
import { createFolder } from '../workspace.js'

const body = JSON.stringify({
  model: 'm',
  choices: [{ message: { content: 'Yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})

/** Every answer costs 1 USD, every call may cost 10. */
const reserved = (attempt = 1): JournalRecord => ({ ...startOf(1), attempt, reserved_usd: '10' })
const answered = (attempt = 1): JournalRecord => ({ ...answerOf(1, body), attempt })
const failed = (ambiguous: boolean): JournalRecord => ({ ...failureOf(1), final: false, ambiguous })

const spentOf = async (records: readonly JournalRecord[]): Promise<string> => {
  const folder = await createFolder()
  const journal = await openJournal(folder)
  for (const record of [runRecord, ...records]) await journal.note(record)
  await journal.close()
  return formatUsd((await sumEarlierSpending(folder, () => parseUsd('1'))).spentUsd)
}

describe('what earlier sessions spent', () => {
  it.each([
    ['an answer costs what it says', [reserved(), answered()], '1'],
    ['a call that a kill cut off counts in full', [reserved()], '10'],
    ['it still does when the row has been answered since', [reserved(), runRecord, reserved(2), answered(2)], '11'],
    ['it does as often as that happens', [reserved(), runRecord, reserved(2), runRecord, reserved(3)], '30'],
    ['a call that may have been billed counts in full', [reserved(), failed(true), reserved(2), answered(2)], '11'],
    ['a refused one costs nothing', [reserved(), failed(false), reserved(2), answered(2)], '1'],
  ] as const)('%s', async (_title, records, spent) => {
    expect(await spentOf(records)).toBe(spent)
  })
})
