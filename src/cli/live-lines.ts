import type { Terminal } from './terminal.js'
import { widthAtLeast } from './wide-text.js'

/** A few lines at the end of the screen that change in place, while other lines are printed above them. */
export interface LiveLines {
  /** Columns of the terminal now. */
  readonly columns: () => number
  /** Shows these lines instead of the last ones. Each should be narrower than the terminal. */
  readonly draw: (lines: readonly string[]) => void
  /** Writes a line above that stays. */
  readonly say: (line: string) => void
  /** Takes the lines away. */
  readonly clear: () => void
}

/** Control sequences of ECMA-48, which every terminal that is not dumb knows. */
const eraseToLineEnd = '\x1b[K'
const eraseBelow = '\x1b[J'
const cursorUp = (rows: number): string => (rows === 0 ? '' : `\x1b[${rows}A`)

/**
 * Live lines on standard error. The cursor rests on a fresh line below them and is never hidden: what a crash or
 * somebody else writes begins in the first column and stays readable.
 */
export const createLiveLines = (terminal: Pick<Terminal, 'write' | 'columns'>): LiveLines => {
  let shown: readonly string[] = []
  // Some pseudo-terminals report a size of 0.
  const columns = (): number => terminal.columns() || 80
  /** Back to where the lines begin. A terminal made narrower since has wrapped them. */
  const rewind = (): string => {
    const width = columns()
    const rows = shown.map(line => Math.max(1, Math.ceil(widthAtLeast(line) / width)))
    return `\r${cursorUp(rows.reduce((sum, count) => sum + count, 0))}`
  }
  const replace = (text: string, lines: readonly string[]): void => {
    const drawn = lines.map(line => `${line}${eraseToLineEnd}\n`).join('')
    // One write, so that no half-drawn state is ever seen.
    terminal.write(`${rewind()}${text}${drawn}${eraseBelow}`)
    shown = lines
  }
  return {
    columns,
    draw(lines) {
      if (lines.length !== shown.length || lines.some((line, place) => line !== shown[place])) replace('', lines)
    },
    say(line) {
      if (shown.length === 0) terminal.write(`${line}\n`)
      else replace(`${eraseBelow}${line}\n`, shown)
    },
    clear() {
      if (shown.length > 0) replace('', [])
    },
  }
}
