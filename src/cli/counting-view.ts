import type { CountingProgress } from '../commands/count-pending.js'
import type { Clock } from '../core/clock.js'
import { createLiveLines } from './live-lines.js'
import type { ProgressMode } from './progress.js'
import type { Terminal } from './terminal.js'
import { showCount } from './totals.js'

/** Shows how far a reading of the input is. */
export interface CountingView {
  show(progress: CountingProgress): void
  close(): void
}

const redrawMs = 200
const lineMs = 10_000

const showCounting = ({ share, requests, promptTokens }: CountingProgress): string =>
  `counting  ${String(Math.floor(share * 100)).padStart(3)} %  ${showCount(requests)} requests  ${showCount(promptTokens)} prompt tokens`

const toEvent = ({ share, requests, promptTokens }: CountingProgress): string =>
  JSON.stringify({ event: 'counting', share: Math.round(share * 1e4) / 1e4, requests, prompt_tokens: promptTokens })

const everyMs = (clock: Clock, waitMs: number, show: (progress: CountingProgress) => void): CountingView['show'] => {
  let due = clock.now() + waitMs
  return progress => {
    if (clock.now() < due) return
    due = clock.now() + waitMs
    show(progress)
  }
}

/** Progress of a reading: a line redrawn in a terminal, a line every ten seconds elsewhere, or events for machines. */
export const createCountingView = (mode: ProgressMode, terminal: Terminal, clock: Clock): CountingView => {
  const inPlace = mode === 'bar' || (mode === 'auto' && terminal.stderrIsTty && terminal.env['TERM'] !== 'dumb')
  if (mode === 'none') return { show: () => {}, close: () => {} }
  if (!inPlace) {
    const say = mode === 'json' ? toEvent : showCounting
    const waitMs = mode === 'json' ? 1000 : lineMs
    return { show: everyMs(clock, waitMs, progress => terminal.say(say(progress))), close: () => {} }
  }
  const lines = createLiveLines(terminal)
  return { show: everyMs(clock, redrawMs, progress => lines.draw([showCounting(progress)])), close: lines.clear }
}
