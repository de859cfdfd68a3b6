import { describe, expect, it } from 'vitest'
import { createProgress, type ProgressDisplay, type ProgressMode } from '../../src/cli/progress.js'
import type { Terminal } from '../../src/cli/terminal.js'
import type { Progress } from '../../src/commands/ports.js'
import { pendingOutcome } from '../../src/core/outcome.js'
import { startProgress } from './progress-samples.js'
import { createVirtualClock, type VirtualClock } from './virtual-clock.js'
import { createVirtualScreen, type VirtualScreen } from './virtual-screen.js'

interface Stage {
  readonly display: ProgressDisplay
  readonly clock: VirtualClock
  readonly screen: VirtualScreen
  readonly writes: readonly string[]
  /** Begins the sending: so many rows are settled each second. */
  readonly send: (rowsPerSecond: number) => void
}

const openStage = (mode: ProgressMode, terminal: Partial<Terminal> = {}): Stage => {
  const clock = createVirtualClock()
  const screen = createVirtualScreen(80)
  const writes: string[] = []
  const write = (text: string): void => {
    writes.push(text)
    screen.write(text)
  }
  const display = createProgress(mode, {
    clock,
    terminal: {
      env: {},
      stdin: { async *[Symbol.asyncIterator]() {} },
      out: () => Promise.resolve(true),
      outForeign: () => Promise.resolve(true),
      say: line => write(`${line}\n`),
      write,
      stderrIsTty: true,
      columns: () => 80,
      color: false,
      ...terminal,
    },
  })
  const send = (rowsPerSecond: number): void => {
    const beganMs = clock.now()
    const progress = (): Progress => {
      const settled = Math.floor(((clock.now() - beganMs) / 1000) * rowsPerSecond)
      return { ...startProgress, settled, done: settled }
    }
    display.notify.onSending?.(progress)
  }
  return { display, clock, screen, writes, send }
}

const writesOfBar = (color: boolean): string => {
  const { clock, writes, send } = openStage('bar', { color })
  send(50)
  clock.pass(1000)
  return writes.join('')
}

describe('createProgress', () => {
  it.each([
    ['a bar in a terminal', {}, 1],
    ['plain lines in a terminal that cannot redraw', { env: { TERM: 'dumb' } }, 0],
    ['plain lines elsewhere', { stderrIsTty: false }, 0],
  ])('chooses %s', (_title, terminal, lines) => {
    const { clock, screen, send } = openStage('auto', terminal)
    send(0)
    clock.pass(1000)
    expect(screen.lines()).toHaveLength(lines)
    clock.pass(9000)
    expect(screen.lines()).toHaveLength(1)
  })

  it('draws the bar where it is asked for, and redraws it five times a second', () => {
    const { clock, screen, writes, send } = openStage('bar', { stderrIsTty: false })
    send(50)
    clock.pass(10_000)
    expect(writes.length).toBeGreaterThan(40)
    expect(writes.length).toBeLessThanOrEqual(50)
    expect(screen.lines()).toEqual([
      '[====>                      ]  16 %  500/3,000 rows  64 in flight',
      '50 rows/s  50 s left',
    ])
  })

  it('leaves nothing of the bar but what was said', () => {
    const { display, clock, screen, send } = openStage('bar')
    display.say('before')
    send(50)
    clock.pass(1000)
    display.notify.onNotice?.('the price is unknown')
    clock.pass(1000)
    display.notify.onSent?.()
    display.say('after')
    expect(screen.lines()).toEqual(['before', 'note: the price is unknown', 'after'])
  })

  it('says a plain line every ten seconds', () => {
    const { clock, screen, send } = openStage('plain')
    send(50)
    clock.pass(25_000)
    expect(screen.lines()).toEqual([
      '500/3,000 rows (16 %), 50 rows/s, 50 s left',
      '1,000/3,000 rows (33 %), 50 rows/s, 40 s left',
    ])
  })

  it('tells machines the plan, each second, each row, each notice and the end', () => {
    const { display, clock, writes, send } = openStage('json')
    const plan = { reused: 0, moved: 0, edited: 0, new: 3000, removed: 0, pending: 3000, faulty: 0, copies: 0 }
    display.notify.onPlan?.({ rows: 3000, ...plan })
    send(1)
    clock.pass(2500)
    display.notify.onOutcome?.({ row: 1, line: 2, outcome: pendingOutcome() })
    display.notify.onNotice?.('half a note')
    display.notify.onSent?.()
    display.close()
    const events = ['plan', 'progress', 'progress', 'row', 'notice', 'progress', 'sent']
    expect(writes.map(line => JSON.parse(line) as unknown)).toMatchObject(events.map(event => ({ event })))
  })

  it('asks for the outcome of each row only for machines', () => {
    const asking = (['auto', 'bar', 'plain', 'json', 'none'] as const).filter(
      mode => openStage(mode).display.notify.onOutcome !== undefined,
    )
    expect(asking).toEqual(['json'])
  })

  it('shows nothing in the mode none, and still says what is to be said', () => {
    const { display, clock, screen, send } = openStage('none')
    send(50)
    clock.pass(60_000)
    display.notify.onNotice?.('the price is unknown')
    display.say('the end')
    display.close()
    expect(screen.lines()).toEqual(['note: the price is unknown', 'the end'])
  })

  it.each(['bar', 'plain', 'json'] as const)('keeps no timer of the mode %s after the end of the sending', mode => {
    const { display, clock, send } = openStage(mode)
    send(50)
    clock.pass(20_000)
    expect(clock.waiting()).toBe(1)
    display.notify.onSent?.()
    expect(clock.waiting()).toBe(0)
  })

  it.each(['bar', 'plain', 'json'] as const)('ends the mode %s when it is closed in the middle, once', mode => {
    const { display, clock, screen, send } = openStage(mode)
    send(50)
    clock.pass(5000)
    display.close()
    const lines = screen.lines()
    display.close()
    clock.pass(60_000)
    expect(clock.waiting()).toBe(0)
    expect(screen.lines()).toEqual(lines)
  })

  it('colours the bar only when the terminal wants colours', () => {
    expect(writesOfBar(true)).toContain('\x1b[36m')
    expect(writesOfBar(false)).not.toContain('\x1b[36m')
  })
})
