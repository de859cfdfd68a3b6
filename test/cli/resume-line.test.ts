import { describe, expect, it } from 'vitest'
import { renderChangeLine, renderResumeLine } from '../../src/cli/resume-line.js'

const first = { rows: 60, reused: 0, moved: 0, edited: 0, new: 60, removed: 0, pending: 60, faulty: 0, copies: 0 }

describe('renderResumeLine', () => {
  it('says nothing of a first session', () => {
    expect(renderResumeLine(first)).toBeUndefined()
  })

  it.each([
    [
      { reused: 57, moved: 2, edited: 3, new: 1, removed: 4, pending: 1004 },
      'resuming: 57 rows reused (2 moved), 3 edited, 1 new, 4 removed; 1,004 rows to send',
    ],
    [
      { reused: 1, new: 0, pending: 0 },
      'resuming: 1 row reused (0 moved), 0 edited, 0 new, 0 removed; nothing to send',
    ],
    [
      { edited: 60, new: 0, pending: 1 },
      'resuming: 0 rows reused (0 moved), 60 edited, 0 new, 0 removed; 1 row to send',
    ],
    [
      { rows: 60, reused: 15, new: 0, pending: 5, copies: 40 },
      'resuming: 15 rows reused (0 moved), 0 edited, 0 new, 0 removed, 40 rows share the call of an equal one; 5 rows to send',
    ],
  ])('says what is reused and what changed: %j', (counts, line) => {
    expect(renderResumeLine({ ...first, ...counts })).toBe(line)
  })
})

describe('renderChangeLine', () => {
  it('says what changed in the input, and nothing where nothing did', () => {
    const same = { ...first, reused: 60, new: 0, pending: 0 }
    expect(renderChangeLine(same)).toBeUndefined()
    expect(renderChangeLine({ ...same, moved: 1, edited: 2, removed: 3 })).toBe(
      'the input changed: 1 row moved, 2 edited, 0 new, 3 removed',
    )
  })
})
