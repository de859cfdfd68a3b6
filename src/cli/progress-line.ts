import type { HoldReason } from '../send/contract.js'
import type { Snapshot } from './progress-pace.js'
import type { ProgressView } from './progress-view.js'
import { showCost, showFailed, showHold, showLeft, showRate, showRowsDone, toPercent } from './progress-words.js'
import type { Terminal } from './terminal.js'

/** Looked at every second, for news; told every ten. */
const everyMs = 1000
const lineEveryMs = 10_000

/** `1,204/3,000 rows (40 %), 3 failed, 52 rows/s, $0.0123 of ≈ $0.0310, 35 s left; waiting: 429, 12 s` */
export const renderLine = ({ progress, rowsPerSecond, leftMs, hold }: Snapshot): string => {
  const rows = `${showRowsDone(progress)} (${toPercent(progress)} %)`
  const rate = showRate(rowsPerSecond, 'rows')
  const parts = [rows, showFailed(progress), rate, showCost(progress), showLeft(leftMs)]
  const held = showHold(hold)
  return parts.filter(part => part !== '').join(', ') + (held === '' ? '' : `; ${held}`)
}

/**
 * Decides when a line is due: every ten seconds, and once in between when something new holds the run back. So a run
 * shorter than ten seconds has none, and one that is held back by turns has two at most in ten seconds.
 */
const createLineTimes = (): ((snapshot: Snapshot) => boolean) => {
  let dueMs = lineEveryMs
  let told: HoldReason | undefined
  let newsTold = true
  return ({ elapsedMs, hold }) => {
    const isDue = elapsedMs >= dueMs
    const isNews = !newsTold && hold !== undefined && hold.reason !== told
    if (!isDue && !isNews) return false
    dueMs = elapsedMs + lineEveryMs
    told = hold?.reason
    newsTold = isNews && !isDue
    return true
  }
}

/** Progress for files and pipes: a plain line now and then. */
export const createLineView = (terminal: Pick<Terminal, 'say'>): ProgressView => {
  const isTime = createLineTimes()
  return {
    everyMs,
    show(snapshot) {
      if (isTime(snapshot)) terminal.say(renderLine(snapshot))
    },
    end: () => {},
    say: line => terminal.say(line),
  }
}
