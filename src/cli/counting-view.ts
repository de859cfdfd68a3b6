import type { CountingProgress } from '../commands/estimate/count-pending.js'
import type { Clock } from '../core/clock.js'
import { showCount } from '../core/count-words.js'
import { createLiveLines } from './live-lines.js'
import type { ProgressMode } from './progress.js'
import type { Terminal } from './terminal.js'

/** Shows how far a reading of the input is. */
export interface CountingView {
  show(progress: CountingProgress): void
  close(): void
}

const redrawMs = 200
const lineMs = 10_000

const showCounting = ({ share, requests, promptTokens }: CountingProgress): string =>
  `counting  ${String(Math.floor(share * 100)).padStart(3)} %  ${showCount(requests)} requests  ${showCount(promptTokens)} prompt tokens`

const showReading = ({ share, requests }: CountingProgress): string =>
  `reading  ${String(Math.floor(share * 100)).padStart(3)} %  ${showCount(requests)} rows`

const toEvent = ({ share, requests, promptTokens }: CountingProgress): string =>
  JSON.stringify({ event: 'counting', share: Math.round(share * 1e4) / 1e4, requests, prompt_tokens: promptTokens })

const toReadingEvent = ({ share, requests }: CountingProgress): string =>
  JSON.stringify({ event: 'reading', share: Math.round(share * 1e4) / 1e4, rows: requests })

const everyMs = (clock: Clock, waitMs: number, show: (progress: CountingProgress) => void): CountingView['show'] => {
  let due = clock.now() + waitMs
  return progress => {
    if (clock.now() < due) return
    due = clock.now() + waitMs
    show(progress)
  }
}

type CreateView = (mode: ProgressMode, terminal: Terminal, clock: Clock) => CountingView

const createView =
  (words: (progress: CountingProgress) => string, event: typeof words): CreateView =>
  (mode, terminal, clock) => {
    const inPlace = mode === 'bar' || (mode === 'auto' && terminal.stderrIsTty && terminal.env['TERM'] !== 'dumb')
    if (mode === 'none') return { show: () => {}, close: () => {} }
    if (!inPlace) {
      const say = mode === 'json' ? event : words
      const waitMs = mode === 'json' ? 1000 : lineMs
      return { show: everyMs(clock, waitMs, progress => terminal.say(say(progress))), close: () => {} }
    }
    const lines = createLiveLines(terminal)
    return { show: everyMs(clock, redrawMs, progress => lines.draw([words(progress)])), close: lines.clear }
  }

/** Progress of a counting: a line redrawn in a terminal, a line every ten seconds elsewhere, or events for machines. */
export const createCountingView = createView(showCounting, toEvent)

/** The same for a reading that counts no tokens. */
export const createReadingView = createView(showReading, toReadingEvent)
