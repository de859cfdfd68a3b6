import { stripVTControlCharacters } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBarView, renderBarLines } from '../../src/cli/progress-bar.js'
import type { Hold, Snapshot } from '../../src/cli/progress-pace.js'
import { widthAtMost } from '../../src/cli/wide-text.js'
import { startProgress, startSnapshot, toProgress, toSnapshot } from './progress-samples.js'
import { createVirtualScreen } from './virtual-screen.js'

const waiting = toSnapshot({ hold: { reason: 'rate_limited', waitMs: 12_000 } })

describe('renderBarLines', () => {
  const cases: readonly (readonly [string, Snapshot, number, readonly string[]])[] = [
    [
      'shows everything at 120 columns',
      waiting,
      120,
      [
        '[==========>                ]  40 %  1,204/3,000 rows  3 failed  64 in flight',
        '52 rows/s  13,050 tokens/s  $0.0123 of ≈ $0.0307  35 s left  waiting: 429, 12 s',
      ],
    ],
    [
      'leaves out the token rate at 80 columns when something holds',
      waiting,
      80,
      [
        '[==========>                ]  40 %  1,204/3,000 rows  3 failed  64 in flight',
        '52 rows/s  $0.0123 of ≈ $0.0307  35 s left  waiting: 429, 12 s',
      ],
    ],
    [
      'keeps what matters most at 40 columns',
      waiting,
      40,
      [' 40 %  1,204/3,000 rows  3 failed', '35 s left  waiting: 429, 12 s'],
    ],
    ['fits into 20 columns', waiting, 20, ['[====>      ]  40 %', '35 s left']],
    ['cuts what does not fit into 8', waiting, 8, [' 40 %', '35 s …']],
    [
      'says what it knows at the start',
      startSnapshot,
      80,
      ['[>                          ]   0 %  0/3,000 rows  64 in flight'],
    ],
    [
      'bears no rows at all',
      { ...startSnapshot, progress: { ...startProgress, rows: 0, load: { ...startProgress.load, inFlight: 0 } } },
      80,
      ['[===========================] 100 %  0/0 rows  0 in flight'],
    ],
    [
      'admits that a cost is unknown, and bears very long times',
      toSnapshot({
        progress: toProgress({ unpriced: 1, failed: 0 }),
        rowsPerSecond: 0.01,
        tokensPerSecond: undefined,
        leftMs: 8.64e12,
      }),
      80,
      [
        '[==========>                ]  40 %  1,204/3,000 rows  64 in flight',
        '0.6 rows/min  cost unknown  > 99 d left',
      ],
    ],
  ]
  it.each(cases)('%s', (_title, snapshot, columns, lines) => {
    expect(renderBarLines(snapshot, { columns, color: false })).toEqual(lines)
  })

  it('is coloured only when the terminal wants colours, and reads the same', () => {
    const plain = renderBarLines(waiting, { columns: 80, color: false })
    const colored = renderBarLines(waiting, { columns: 80, color: true })
    expect(plain.join('')).not.toContain('\x1b')
    expect(colored.join('')).toContain('\x1b[31m3 failed')
    expect(colored.map(line => stripVTControlCharacters(line))).toEqual(plain)
  })

  it('never fills a line of the terminal, whatever the numbers', () => {
    const count = fc.nat(1e9)
    const holds: (Hold | undefined)[] = [
      undefined,
      { reason: 'outage', waitMs: 1 },
      { reason: 'rate_limited', waitMs: 9e6 },
    ]
    const snapshots = fc.record({
      done: count,
      left: count,
      failed: count,
      spentUsd: fc.bigInt({ min: 0n, max: 10n ** 22n }),
      leftMs: fc.option(count, { nil: undefined }),
      rowsPerSecond: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: undefined }),
      hold: fc.constantFrom(...holds),
    })
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 2, max: 200 }), (facts, columns) => {
        const { done, left, failed, spentUsd, ...rest } = facts
        const progress = toProgress({ done, rows: done + left, failed, spentUsd })
        for (const line of renderBarLines(toSnapshot({ progress, ...rest }), { columns, color: true })) {
          expect(widthAtMost(line)).toBeLessThan(columns)
        }
      }),
    )
  })
})

describe('createBarView', () => {
  it('redraws in place, keeps notices above, never hides the cursor, and is gone at the end', () => {
    const screen = createVirtualScreen(64)
    const view = createBarView({ columns: () => 64, color: false, write: text => screen.write(text) })
    view.show(startSnapshot)
    view.say('note: 价格未知')
    view.show(toSnapshot())
    expect(screen.lines()).toEqual([
      'note: 价格未知',
      '[=====>       ]  40 %  1,204/3,000 rows  3 failed  64 in flight',
      '52 rows/s  13,050 tokens/s  $0.0123 of ≈ $0.0307  35 s left',
    ])
    view.end(toSnapshot())
    expect(screen.lines()).toEqual(['note: 价格未知'])
    expect(screen.sequences().filter(sequence => sequence.includes('?'))).toEqual([])
  })
})
