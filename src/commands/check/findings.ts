import type { ErrorCode } from '../../core/errors.js'
import type { RowFault } from '../../core/model.js'

/** What `check` can find. A fault keeps a row, or the file, from being run as it is; a note is worth a look. */
export type FindingCode =
  | RowFault['code']
  | ErrorCode
  | 'bad_image'
  | 'context_exceeded'
  | 'limit_exceeded'
  | 'duplicate_id'
  | 'duplicate_request'
  | 'unknown_price'
  | 'no_rows'
  | 'no_column'
  | 'context_unknown'
  | 'images_unsupported'

/** A row in question. */
export interface FoundRow {
  /** The row's place in the input, counted from 1. */
  readonly row: number
  /** The line of its file on which it begins, counted from 1. */
  readonly line: number
  /** The file, where there are several. */
  readonly source: string | null
  /** The row's own name, where there is one. */
  readonly id: string | null
  /** What there is to say of this row alone, such as the row that it repeats. */
  readonly detail: string | null
}

/** Everything of one kind. */
export interface Finding {
  readonly code: FindingCode
  readonly kind: 'fault' | 'note'
  /** One sentence without a row. Never holds a prompt's text. */
  readonly message: string
  readonly hint: string | null
  /** How many rows it concerns. */
  readonly rows: number
  /** The first few of them. */
  readonly examples: readonly FoundRow[]
}

/** What a finding says, whatever the row. */
export type FindingText = Pick<Finding, 'code' | 'kind' | 'message'> & { readonly hint?: string | undefined }

const mostExamples = 5
/** More different faults than this in one file are all of one kind: it is no file of prompts. */
const mostGroups = 1000

/** Groups what is found, so that memory does not grow with it. */
export const createFindings = () => {
  const groups = new Map<string, { text: FindingText; rows: number; examples: FoundRow[] }>()
  const nameOf = ({ code, message }: FindingText): string => `${code} ${message}`
  return {
    add(text: FindingText, found?: FoundRow): void {
      const name = nameOf(text)
      const group = groups.get(name) ?? { text, rows: 0, examples: [] }
      if (groups.size < mostGroups) groups.set(name, group)
      if (found === undefined) return
      group.rows += 1
      if (group.examples.length < mostExamples) group.examples.push(found)
    },
    /** Gives what was found of this kind, if anything was, a hint that only the end of the file could tell. */
    advise(text: FindingText, hint: string): void {
      const group = groups.get(nameOf(text))
      if (group !== undefined) group.text = { ...text, hint }
    },
    /** Faults first, each kind in order of appearance. */
    list: (): readonly Finding[] =>
      [...groups.values()]
        .map(({ text, rows, examples }) => ({ ...text, hint: text.hint ?? null, rows, examples }))
        .toSorted((a, b) => a.kind.localeCompare(b.kind)),
  }
}

export type Findings = ReturnType<typeof createFindings>
