import { PromptmillError } from '../core/errors.js'
import type { ArrayFault } from './element-splitter.js'

const bad = (message: string, hint: string): PromptmillError => new PromptmillError('bad_input', message, { hint })

const openObject = 0x7b

/** What is wrong with a file that should be one JSON array; `index` is that of the row after the last that was read. */
export const explainArray = ({ kind, line, byte }: ArrayFault, name: string, index: number): PromptmillError => {
  const row = `${name}, row ${index + 1} (line ${line})`
  switch (kind) {
    case 'no array':
      return byte === openObject
        ? bad(
            `${name} begins with an object, not with an array of objects`,
            `If it has one object a line, give --format jsonl. If the rows are in one of its members, take them out first: jq .member ${name} > rows.json`,
          )
        : bad(
            `${name} is no JSON array: it does not begin with [ (line ${line})`,
            'Give --format csv, tsv or jsonl if it is that, or --encoding if it is not UTF-8',
          )
    case 'never closed':
      return bad(
        `${row}: the array ends too early; this row, or the ] after the last one, is missing or cut short`,
        'Copy or export the file again; if it is whole, look for a quote or a bracket in that row that is never closed',
      )
    case 'no element':
      return bad(`${row}: there is a comma where an object should be`, 'Remove the comma that is too many')
    case 'more after the end':
      return bad(
        `${name}, line ${line}: something follows the end of the array`,
        'A JSON file of rows is one array; give --format jsonl if it has one object a line',
      )
    default:
      return kind satisfies never
  }
}
