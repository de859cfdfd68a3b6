import type { Row } from '../../core/model.js'
import { splitNames } from '../../core/name-list.js'
import { flagName } from '../../core/option-spec.js'
import type { RunFlagSettings } from '../../core/options.js'
import type { Input } from '../../input/open.js'
import { type AddedShape, addedNames, nameTaken } from '../../output/columns.js'
import { unknownColumn } from '../../prompt/template.js'
import type { Plan } from './plan.js'
import { namePlace, placeOf } from './row-name.js'

/** A JSONL row with more different keys than this across the file is no table; results as JSONL need no columns. */
const mostColumns = 10_000

/** Watches the names of JSONL members: those the results add must be free, and a CSV needs them all as columns. */
export const createColumns = (input: Input, shape: AddedShape) => {
  const added = new Set(addedNames(shape))
  const columns = new Set(input.columns)
  const refuse = (name: string, where: string): void => {
    if (added.has(name)) throw nameTaken(name, where)
  }
  for (const name of input.columns) refuse(name, input.name)
  return {
    names(): readonly string[] {
      // JSONL may add columns after it.
      if (input.sourceColumn !== undefined && columns.delete(input.sourceColumn)) columns.add(input.sourceColumn)
      return [...columns]
    },
    see(row: Row): void {
      if (row.form !== 'json') return
      for (const name of Object.keys(row.record)) {
        if (columns.has(name)) continue
        refuse(name, `${input.name}, ${namePlace(placeOf(input, row))},`)
        if (columns.size < mostColumns) columns.add(name)
      }
    },
  }
}

/**
 * Refuses a column of images, or of settings, that no row of a JSONL file has; a table's are known before.
 * @throws PromptmillError `bad_template`
 */
export const checkColumns = (plan: Plan, { form, partial }: Input, settings: RunFlagSettings): void => {
  if (form === 'table' || partial === true || plan.counts.rows === 0 || plan.columns.length >= mostColumns) return
  for (const key of ['imageColumn', 'rowParams'] as const) {
    const named = key === 'rowParams' ? splitNames(settings.rowParams ?? []) : settings.imageColumn
    const missing = named?.find(column => !plan.columns.includes(column))
    if (missing !== undefined) throw unknownColumn(flagName(key), missing, plan.columns)
  }
}
