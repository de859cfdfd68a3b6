import stringWidth from 'string-width'

/** What a terminal of so many columns shows of what is written to it: enough of ECMA-48 for the progress display. */
export interface VirtualScreen {
  write(text: string): void
  /** The lines without their trailing blanks, up to the last one with something in it. */
  lines(): string[]
  cursor(): { readonly row: number; readonly column: number }
  /** Control sequences seen, without those that colour. */
  sequences(): readonly string[]
}

// oxlint-disable-next-line no-control-regex -- control sequences are what this is about
const pieces = /\x1b\[[\d;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g
const graphemes = new Intl.Segmenter()

export const createVirtualScreen = (columns: number): VirtualScreen => {
  const cells: string[][] = [[]]
  const seen: string[] = []
  let row = 0
  let column = 0
  const rowCells = (): string[] => {
    cells[row] ??= []
    return cells[row] ?? []
  }
  const print = (character: string): void => {
    const width = stringWidth(character)
    if (column + width > columns) [row, column] = [row + 1, 0]
    const line = rowCells()
    while (line.length < column) line.push(' ')
    line.splice(column, width, character, ...Array<string>(Math.max(0, width - 1)).fill(''))
    column += width
  }
  const control = (sequence: string): void => {
    if (sequence.endsWith('m')) return
    seen.push(sequence)
    const count = Number(sequence.slice(2, -1) || '1')
    if (sequence.endsWith('A')) row = Math.max(0, row - count)
    else if (sequence.endsWith('K')) rowCells().splice(column)
    else if (sequence.endsWith('J')) {
      rowCells().splice(column)
      cells.splice(row + 1)
    } else throw new Error(`The screen does not know ${JSON.stringify(sequence)}`)
  }
  return {
    write(text) {
      for (const [piece] of text.matchAll(pieces)) {
        if (piece === '\r') column = 0
        else if (piece === '\n') [row, column] = [row + 1, 0]
        else if (piece.startsWith('\x1b')) control(piece)
        else for (const { segment } of graphemes.segment(piece)) print(segment)
      }
    },
    lines() {
      const lines = Array.from(cells, line => (line ?? []).join('').trimEnd())
      return lines.slice(0, lines.findLastIndex(line => line !== '') + 1)
    },
    cursor: () => ({ row, column }),
    sequences: () => seen,
  }
}
