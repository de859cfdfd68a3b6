import { countOf, showCount } from '../../core/count-words.js'
import { PromptmillError } from '../../core/errors.js'
import type { Row, RowFault } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import type { Input } from '../../input/open.js'
import { unknownColumn } from '../../prompt/template.js'
import type { Plan } from './plan.js'

/** Faulty rows of one kind: how many, and the first few by place, each with what is wrong in it. Never a prompt's text. */
export interface FaultGroup {
  readonly fault: RowFault
  count: number
  readonly places: string[]
}

const examplesPerFault = 5

const nameFault = (place: string, { detail }: RowFault): string =>
  detail === undefined ? place : `${place} "${detail}"`

/** Groups rows that no request can be made from. */
export const createFaults = (name: (row: Row) => string) => {
  const groups = new Map<string, FaultGroup>()
  return {
    groups: () => [...groups.values()],
    add(row: Row, fault: RowFault): void {
      const kind = `${fault.code}: ${fault.message}`
      const group = groups.get(kind) ?? { fault, count: 0, places: [] }
      if (groups.size < 1000) groups.set(kind, group)
      group.count += 1
      if (group.places.length < examplesPerFault) group.places.push(nameFault(name(row), fault))
    },
  }
}

/** Groups of faulty rows, a line each. */
export const showFaults = (faults: readonly FaultGroup[]): string =>
  faults
    .slice(0, 10)
    .map(({ fault, count, places }) => {
      const more = count > places.length ? `, … (${countOf(count, 'row')})` : ''
      return `  ${places.join(', ')}${more}: ${fault.message}`
    })
    .join('\n')

/** What can be done about kinds of fault beside mending the rows, each by its first row, a line each. */
const showHints = (groups: readonly FaultGroup[]): string =>
  groups.flatMap(({ fault }) => (fault.hint === undefined ? [] : [`\n  ${fault.hint}`])).join('')

/**
 * Stops before the first cent when rows cannot be sent. Lines that cannot be read cost themselves alone; a prompt
 * that is empty or lacks a value points to a mistake in template or file, and the user decides.
 * @throws PromptmillError `bad_template` for a column that no row has, `bad_input` for rows without a request
 */
export const checkFaults = (plan: Plan, input: Input, badRows: 'stop' | 'fail'): void => {
  const unsendable = plan.faults.filter(({ fault }) => fault.code !== 'invalid_row')
  const count = unsendable.reduce((sum, group) => sum + group.count, 0)
  const [first] = unsendable
  if (first === undefined) return
  if (first.fault.code === 'missing_value' && first.count === plan.counts.rows) {
    throw unknownColumn('The template', first.fault.column ?? '', input.columns)
  }
  if (badRows === 'fail') return
  throw new PromptmillError(
    'bad_input',
    `${input.name}: ${count === 1 ? '1 row has' : `${showCount(count)} rows have`} no request to send:\n${showFaults(unsendable)}`,
    {
      hint: `Nothing was sent. Mend the rows, or give ${flagName('badRows')} fail to mark them failed and send the others${showHints(unsendable)}`,
    },
  )
}

/** One sentence about the rows that will fail unsent, for a notice; undefined when there are none. */
export const describeFaults = (plan: Plan): string | undefined => {
  if (plan.faults.length === 0) return undefined
  const rows = plan.counts.faulty === 1 ? '1 row fails' : `${showCount(plan.counts.faulty)} rows fail`
  return `${rows} without being sent:\n${showFaults(plan.faults)}`
}
