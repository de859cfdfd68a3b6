import type { Row, UnreadableRow } from '../../core/model.js'
import type { Input } from '../../input/open.js'

/** Told of each row of a table that has too few or too many cells, with the file that it is in where there are several. */
export type OnRagged = (row: UnreadableRow, source: string | undefined) => void

/**
 * An input without its ragged rows, of which each is told once, however often the input is read. Before rows are chosen:
 * a row without its cells meets no condition, and would not be missed.
 */
export const setRaggedAside = (input: Input, onRagged: OnRagged): Input => {
  if (input.form !== 'table') return input
  let told = -1
  return {
    ...input,
    async *rows(onShare) {
      for await (const batch of input.rows(onShare)) {
        let whole: Row[] = []
        for (const row of batch) {
          if (row.form !== 'unreadable') {
            whole.push(row)
            continue
          }
          // Whoever has seen enough by now never comes to this row.
          if (whole.length > 0) yield whole
          whole = []
          if (row.index > told) onRagged(row, input.sourceOf(row.index))
          told = Math.max(told, row.index)
        }
        yield whole
      }
    },
  }
}
