import { showCount } from '../core/count-words.js'
import { createLiveLines } from './live-lines.js'
import type { Snapshot } from './progress-pace.js'
import type { ProgressView } from './progress-view.js'
import { showCost, showFailed, showHold, showLeft, showRate, showRowsDone, toPercent } from './progress-words.js'
import { paint, type Terminal } from './terminal.js'
import { clipText, widthAtMost } from './wide-text.js'

/** Five times a second: smooth enough for an eye, little enough for a slow connection. */
const everyMs = 200
const widestBar = 30
const narrowestBar = 10
const gap = '  '

interface Frame {
  readonly columns: number
  readonly color: boolean
}

/** A piece of a line. When they do not all fit, those that come last in rank are left out first. */
interface Part {
  readonly text: string
  readonly rank: number
  readonly style?: Parameters<typeof paint>[1]
}

const toWidth = (parts: readonly Part[]): number => widthAtMost(parts.map(({ text }) => text).join(gap))

/** The parts that fit, in their order; the last one left is cut. */
const fitParts = (parts: readonly Part[], width: number): readonly Part[] => {
  const said = parts.filter(({ text }) => text !== '')
  if (toWidth(said) <= width) return said
  if (said.length === 1) return said.map(part => ({ ...part, text: clipText(part.text, width) }))
  const last = Math.max(...said.map(({ rank }) => rank))
  return fitParts(
    said.filter(({ rank }) => rank !== last),
    width,
  )
}

const renderParts = (parts: readonly Part[], frame: Frame): string =>
  parts.map(({ text, style }) => (style === undefined ? text : paint(frame, style, text))).join(gap)

/** `[=====>    ] `, or nothing where there is no room for it. ASCII, because block characters are wide in some terminals. */
const renderBar = ({ progress: { done, rows } }: Snapshot, room: number, frame: Frame): string => {
  const width = Math.min(room, widestBar)
  if (width < narrowestBar) return ''
  const inside = width - '[] '.length
  const filled = rows === 0 ? inside : Math.floor((inside * done) / rows)
  const track = filled < inside ? `${'='.repeat(filled)}>` : '='.repeat(inside)
  return `[${paint(frame, 'cyan', track)}${' '.repeat(inside - track.length)}] `
}

const renderHead = (snapshot: Snapshot, width: number, frame: Frame): string => {
  const { progress } = snapshot
  const parts = fitParts(
    [
      { text: `${String(toPercent(progress)).padStart(3)} %`, rank: 1, style: 'bold' },
      { text: showRowsDone(progress), rank: 2 },
      { text: showFailed(progress), rank: 3, style: 'red' },
      { text: `${showCount(progress.load.inFlight)} in flight`, rank: 4 },
    ],
    width,
  )
  return renderBar(snapshot, width - toWidth(parts), frame) + renderParts(parts, frame)
}

const renderTail = (snapshot: Snapshot, width: number, frame: Frame): string => {
  const { progress, rowsPerSecond, tokensPerSecond, leftMs, hold } = snapshot
  const parts = fitParts(
    [
      { text: showRate(rowsPerSecond, 'rows'), rank: 4 },
      { text: showRate(tokensPerSecond, 'tokens'), rank: 5 },
      { text: showCost(progress), rank: 3 },
      { text: showLeft(leftMs), rank: 1 },
      { text: showHold(hold), rank: 2, style: 'yellow' },
    ],
    width,
  )
  return renderParts(parts, frame)
}

/**
 * The two lines of the bar: how far it is, and how it goes. Never as wide as the terminal: a character in the last
 * column makes some terminals wrap. The second is left out while there is nothing to say.
 */
export const renderBarLines = (snapshot: Snapshot, frame: Frame): string[] => {
  const width = Math.max(1, frame.columns - 1)
  const lines = [renderHead(snapshot, width, frame), renderTail(snapshot, width, frame)]
  return lines.filter(line => line !== '')
}

/** Progress for a terminal: a bar that is redrawn in place. */
export const createBarView = (terminal: Pick<Terminal, 'write' | 'columns' | 'color'>): ProgressView => {
  const lines = createLiveLines(terminal)
  return {
    everyMs,
    show: snapshot => lines.draw(renderBarLines(snapshot, { columns: lines.columns(), color: terminal.color })),
    end: lines.clear,
    say: lines.say,
  }
}
