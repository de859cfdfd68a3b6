import { PromptmillError } from '../core/errors.js'
import type { GivenColumns } from './open-table.js'
import { createRecordReader } from './records.js'

const badColumns = (problem: string): PromptmillError =>
  new PromptmillError('bad_flag', `--columns ${problem}`, {
    hint: `Write them with commas between, such as --columns id,text; a name that holds a comma in quotes: 'id,"a, b"'`,
  })

const line = { delimiter: ',', newline: 'lf', skipBytes: 0, firstLine: 1 } as const
const longest = 2 ** 20

/** Reads a list of names as a line of CSV is read. */
const parseNames = async (text: string): Promise<readonly string[]> => {
  let names: readonly string[] = []
  const reader = createRecordReader(line, longest, cells => {
    names = cells
  })
  try {
    await reader.write(Buffer.from(text))
    await reader.end()
  } catch {
    throw badColumns('is not a list of names')
  } finally {
    reader.close()
  }
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined) throw badColumns(`names "${twice}" twice`)
  if (names.some(name => name.trim() === '')) throw badColumns('leaves a name empty')
  return names
}

/** The flags that say that a table has no header line, and what its columns are called then. */
export interface ColumnFlags {
  readonly noHeader: boolean
  readonly columns: string | undefined
}

/**
 * What the columns of a table without a header line are called; undefined for one that has a header.
 * @throws PromptmillError `bad_flag` for names without `--no-header`, or that are no names
 */
export const readGivenColumns = async ({ noHeader, columns }: ColumnFlags): Promise<GivenColumns | undefined> => {
  if (columns !== undefined && !noHeader) {
    throw new PromptmillError('bad_flag', '--columns names the columns of a table that has no header line', {
      hint: 'Give --no-header with it if the first line is a row like the others; else leave it out',
    })
  }
  if (!noHeader) return undefined
  return columns === undefined ? 'numbered' : parseNames(columns)
}
