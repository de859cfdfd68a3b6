import { countOf } from '../../core/count-words.js'
import { flagName } from '../../core/option-spec.js'
import { createKeyTable } from '../../journal/key-table.js'
import type { Draft } from '../../prompt/drafts.js'
import { identify } from '../../prompt/identity.js'
import type { Findings, FindingText, FoundRow } from './findings.js'

/** Requests that an earlier row has too: what `--dedupe` would not send. */
export interface Repeats {
  readonly rows: number
  /** Their part of the text of all requests, from 0 to 1. */
  readonly share: number
}

/** Finds what stands in a file more than once: 20 to 30 bytes a row, whatever the rows hold. */
const createFirsts = () => {
  const table = createKeyTable()
  /** The row, from 0, that had this key before; undefined for the first, which is remembered. */
  return (key: string, row: number): number | undefined => {
    const first = table.get(key, 0)
    if (first === undefined) table.set(key, 0, row)
    return first
  }
}

const repeatNote = {
  code: 'duplicate_request',
  kind: 'note',
  message: 'An earlier row asks the very same',
} as const satisfies FindingText

/** Less than this is not worth a flag. */
const leastShare = 0.01

/** Repeats may be wanted, as in sampling; nothing tells but the user. */
const advise = ({ rows, share }: Repeats, dedupe: boolean): string => {
  const flag = flagName('dedupe')
  if (dedupe) return `With ${flag} each request is sent once, and all its rows get the answer`
  if (share <= leastShare) return 'Fine where repeats are wanted, as in sampling; otherwise each is paid for'
  const fewer = countOf(rows, 'fewer request')
  return `Fine where repeats are wanted, as in sampling; otherwise ${flag} sends ${fewer}, ${(share * 100).toFixed(1)} % of all text (promptmill estimate says what that saves)`
}

/** Looks for rows that repeat an earlier one, by id or by request. */
export const createRepeatCheck = (findings: Findings, dedupe: boolean) => {
  const ids = createFirsts()
  const requests = createFirsts()
  let rows = 0
  let repeated = 0
  let characters = 0
  return {
    seeRow(found: FoundRow): void {
      const first = found.id === null ? undefined : ids(identify('id', found.id), found.row - 1)
      if (first === undefined) return
      const message = 'An earlier row has the same id'
      findings.add({ code: 'duplicate_id', kind: 'fault', message }, { ...found, detail: `as row ${first + 1}` })
    },
    seeDraft({ key, row, body }: Draft, found: FoundRow): void {
      const first = requests(key, row)
      characters += body.length
      if (first === undefined) return
      rows += 1
      repeated += body.length
      findings.add(repeatNote, { ...found, detail: `as row ${first + 1}` })
    },
    /** Says what is to be done about the repeated requests, now that all have been seen. */
    finish(): Repeats {
      const repeats = { rows, share: characters === 0 ? 0 : repeated / characters }
      findings.advise(repeatNote, advise(repeats, dedupe))
      return repeats
    },
  }
}
