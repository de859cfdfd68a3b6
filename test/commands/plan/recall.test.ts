import { describe, expect, it } from 'vitest'
import { type Recollection, recall } from '../../../src/commands/plan/recall.js'
import type { JournalRecord } from '../../../src/core/records.js'
import { openJournal } from '../../../src/journal/open.js'
import { answerOf, failureOf, keyOf, runRecord, startOf } from '../../journal/sample-records.js'
import { createFolder } from '../workspace.js'

const end: JournalRecord = { kind: 'end', at: 1_790_000_000_100, reason: 'finished', wall_ms: 5 }
const good = JSON.stringify({ choices: [{ message: { content: 'Yes' } }] })
const page = '<html>Sign in</html>'
const error = JSON.stringify({ error: { message: 'No luck' } })
const empty = JSON.stringify({ choices: [] })

const sent = (n: number, body: string): JournalRecord[] => [startOf(n), answerOf(n, body)]
const failed = (n: number, final: boolean): JournalRecord => ({ ...failureOf(n), final, code: 'invalid_body' })

const doubtful = (n: number): JournalRecord => ({
  ...failureOf(n),
  final: false,
  code: 'invalid_body',
  ambiguous: true,
})

/** Writes a journal and recalls it. */
const recallAll = async (records: readonly JournalRecord[]): Promise<Recollection> => {
  const folder = await createFolder()
  const journal = await openJournal(folder)
  for (const record of records) await journal.note(record)
  await journal.close()
  return recall(folder)
}

/** Whether row 1 is settled, and how many of its records tell its story. */
const storyOf = (memory: Recollection): string => {
  const { settled, positions, attempts } = memory.peek(keyOf(1), 0) ?? {}
  return settled === undefined ? 'unknown' : `${settled ? 'settled' : 'open'} ${positions?.length} ${attempts}`
}

describe('an answer that is of no use', () => {
  it.each([
    ['leaves its row open when the session was killed before it said so', [...sent(1, page)], 'open 1 1'],
    ['the same for an error in place of an answer', [...sent(1, error)], 'open 1 1'],
    ['the same when other rows were answered meanwhile', [...sent(1, page), ...sent(2, good)], 'open 1 1'],
    ['the same when another session came after', [...sent(1, page), runRecord, ...sent(2, good), end], 'open 1 1'],
    ['leaves it open when it is to be tried again', [...sent(1, page), failed(1, false)], 'open 1 1'],
    ['settles it together with its final failure', [...sent(1, page), failed(1, true)], 'settled 2 0'],
    ['settles it when the session ended in good order', [...sent(1, page), end], 'settled 1 0'],
    ['settles it when it is a completion without text, which is paid for', [...sent(1, empty)], 'settled 1 0'],
  ] as const)('%s', async (_title, records, story) => {
    expect(storyOf(await recallAll([runRecord, ...records]))).toBe(story)
  })

  it.each([
    ['before anything was noted of it', sent(1, page)],
    ['and another send of the row was cut off', [...sent(1, page), doubtful(1), { ...startOf(1), attempt: 2 }]],
    ['when the row has been answered since', [...sent(1, page), doubtful(1), ...sent(1, good)]],
    ['when the row has been answered in another session', [...sent(1, page), runRecord, ...sent(1, good), end]],
  ] as const)('may have been billed, each call once: killed %s', async (title, records) => {
    const calls = title.includes('cut off') ? 2 : 1
    expect((await recallAll([runRecord, ...records])).doubts.calls).toBe(calls)
  })

  it('changes nothing about a row that had failed before it was sent again', async () => {
    const earlier = [runRecord, startOf(1), failed(1, true), end]
    const memory = await recallAll([...earlier, runRecord, ...sent(1, page)])
    expect(storyOf(memory)).toMatch(/^settled 2/)
  })

  it('changes nothing about a row that another try has answered', async () => {
    const again = { attempt: 2 }
    const second = sent(1, good).map(record => ({ ...record, ...again }))
    const memory = await recallAll([runRecord, ...sent(1, page), failed(1, false), ...second])
    expect(storyOf(memory)).toBe('settled 2 0')
  })
})
