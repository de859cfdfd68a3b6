import { PromptmillError } from '../../core/errors.js'
import { notGiven } from '../../core/given-value.js'
import type { Row } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import type { Input } from '../../input/open.js'
import { createCellReader } from '../../prompt/cells.js'
import { unknownColumn } from '../../prompt/template.js'

/** `column=value`, or with `equal` false `column!=value`. */
interface Condition {
  readonly column: string
  readonly value: string
  readonly equal: boolean
}

const parseCondition = (text: string): Condition => {
  const at = text.indexOf('=')
  const equal = text[at - 1] !== '!'
  const column = text.slice(0, equal ? at : at - 1)
  if (at === -1 || column === '') {
    throw new PromptmillError('bad_flag', `${flagName('where')} needs COLUMN=VALUE or COLUMN!=VALUE${notGiven(text)}`, {
      hint: `For example ${flagName('where')} language=de`,
    })
  }
  return { column, value: text.slice(at + 1), equal }
}

/** Conditions on a row, of which all must hold. */
export interface Where {
  matches(row: Row): boolean
  /** After all rows: refuses a column that not a single one has. @throws PromptmillError `bad_template` */
  checkColumns(): void
}

/**
 * Compiles `column=value` conditions. Values are compared as text: numbers as they were written, what is missing or
 * null as empty. A row that cannot be read has no cells and meets no condition.
 * @throws PromptmillError `bad_flag` for a text without `=`, `bad_template` for a column that a table does not have
 */
export const compileWhere = (texts: readonly string[], { form, columns }: Pick<Input, 'form' | 'columns'>): Where => {
  const conditions = texts.map(parseCondition)
  const missing = conditions.find(({ column }) => !columns.includes(column))
  if (form === 'table' && missing !== undefined) throw unknownColumn(flagName('where'), missing.column, columns)
  const read = createCellReader(columns)
  const unseen = new Set(form === 'json' ? conditions.map(({ column }) => column) : [])
  return {
    matches: row =>
      conditions.every(({ column, value, equal }) => {
        if (row.form === 'unreadable') return false
        const cell = read(row, column)
        if (cell !== undefined && unseen.size > 0) unseen.delete(column)
        return ((cell ?? '') === value) === equal
      }),
    checkColumns() {
      for (const column of unseen) throw unknownColumn(flagName('where'), column, columns)
    },
  }
}
