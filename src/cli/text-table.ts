import { widthAtLeast } from './wide-text.js'

/** Lines of aligned columns: the first to the left, the others to the right, as numbers are. */
export const renderTable = (rows: readonly (readonly string[])[]): string[] => {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthAtLeast(cell))
  }
  return rows.map(row =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - widthAtLeast(cell))
        return column === 0 ? cell + padding : padding + cell
      })
      .join('  ')
      .trimEnd(),
  )
}
