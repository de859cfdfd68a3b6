import type { Row } from '../../core/model.js'
import type { Input } from '../../input/open.js'
import type { Plan } from '../plan/plan.js'
import type { Notify } from '../ports.js'
import { type OutcomeSource, readOutcome } from '../results/project.js'

type Place = Pick<Row, 'index' | 'line'>

/** Tells of rows that share the call of another: each once, when it has been read and that call has been settled. */
export const createCopyReports = (
  source: OutcomeSource,
  {
    input,
    only,
    onOutcome,
  }: Pick<Plan, 'only'> & { readonly input: Input; readonly onOutcome: NonNullable<Notify['onOutcome']> },
) => {
  const { table } = source
  const waiting = new Map<number, Place[]>()
  let last = -1

  const tell = ({ index, line }: Place): void =>
    onOutcome({ row: index + 1, line, source: input.sourceOf(index), outcome: readOutcome(source, index) })

  const see = ({ index, line }: Place): void => {
    if (table.state(index) !== 'copy' || index <= last) return
    last = index
    const sender = table.sender(index)
    if (sender === undefined) return
    if (table.state(sender) === 'done') tell({ index, line })
    if (!table.isUnsent(sender) || only?.has(sender) === false) return
    const copies = waiting.get(sender) ?? []
    waiting.set(sender, copies)
    copies.push({ index, line })
  }
  return {
    /** A row has been read, on the way to those that are to be sent. */
    see,
    /** A row that was sent has been settled. */
    settled(row: number): void {
      const copies = waiting.get(row)
      waiting.delete(row)
      for (const copy of copies ?? []) tell(copy)
    },
    /** The sending has ended before the input did: copies further on may be answered for all that. */
    async finish(ready: Notify['ready']): Promise<void> {
      for await (const batch of input.rows()) {
        await ready?.()
        for (const row of batch) see(row)
      }
    },
  }
}

export type CopyReports = ReturnType<typeof createCopyReports>
