import type { JournalPosition } from '../../core/records.js'
import type { RecordView } from '../../journal/record-view.js'
import { createSettled, refOf } from './settled.js'

/** A request that was sent and is not settled. */
export interface OpenRequest {
  readonly key: string
  readonly nth: number
  /** Where it stood. */
  readonly row: number
  readonly attempts: number
  /** Answers that turned out to be of no use. */
  readonly positions: readonly JournalPosition[]
  /** Whether somebody has asked for it. */
  found: boolean
}

type RowView = Extract<RecordView, { readonly key: string }>

/** What names an attempt. */
type Attempted = Pick<RowView, 'key' | 'nth' | 'row' | 'attempt'>

/** Follows the requests through the records. An answer settles until a failure of the same attempt takes that back. */
export const createFollower = () => {
  const settled = createSettled()
  const open = new Map<string, OpenRequest>()
  /** Sends of requests that were settled already: re-runs. Their failures change nothing about what there is. */
  const again = new Map<string, number>()

  const settle = ({ key, nth }: RowView, position: JournalPosition): void => {
    const ref = refOf(key, nth)
    for (const earlier of open.get(ref)?.positions ?? []) settled.add(key, nth, earlier)
    open.delete(ref)
    settled.add(key, nth, position)
  }
  const leaveOpen = ({ key, nth, row, attempt: attempts }: Attempted): void => {
    const ref = refOf(key, nth)
    if (settled.has(key, nth) && again.has(ref)) {
      again.set(ref, attempts)
      return
    }
    const positions = settled.has(key, nth) ? settled.reopen(key, nth) : (open.get(ref)?.positions ?? [])
    open.set(ref, { key, nth, row, attempts, positions, found: false })
  }
  return {
    settled,
    open,
    again,
    /**
     * Takes back that an answer settles its request, if it is still the last that was heard of it.
     * @returns whether it was
     */
    takeBack(answer: Attempted, position: JournalPosition): boolean {
      const isLast = settled.positions(answer.key, answer.nth).at(-1) === position
      if (isLast) leaveOpen(answer)
      return isLast
    },
    follow(view: RowView, position: JournalPosition): void {
      switch (view.kind) {
        case 'start':
          if (settled.has(view.key, view.nth)) again.set(refOf(view.key, view.nth), view.attempt)
          else leaveOpen(view)
          return
        case 'answer':
          settle(view, position)
          return
        case 'failure':
          if (view.facts().final) settle(view, position)
          else leaveOpen(view)
          return
        case 'unknown':
          return
        default:
          view satisfies never
      }
    },
  }
}
