/** The nouns that cross a stage border: row → request → attempt → outcome. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

interface RowPlace {
  /** Place in the input, counted from 0. People are told `index + 1`. */
  readonly index: number
  /** Line of the file on which the row begins, counted from 1. */
  readonly line: number
}

/** A row of a CSV or TSV file: its cells in the order of the header, each exactly as read. */
export interface TableRow extends RowPlace {
  readonly form: 'table'
  readonly cells: readonly string[]
}

/** A row of a JSONL file: the line as it was written (trimmed) and the object it holds. */
export interface JsonRow extends RowPlace {
  readonly form: 'json'
  readonly text: string
  readonly record: JsonObject
}

/** A row that could not be read. It costs itself alone: it fails, the others run. */
export interface UnreadableRow extends RowPlace {
  readonly form: 'unreadable'
  /** The line as it was written, cut to a few kilobytes. */
  readonly text: string
  readonly fault: RowFault
  /** What is known of it without reading it, by column: the file it comes from, where there are several. */
  readonly known?: Readonly<Record<string, string>>
}

/** What the user gave. */
export type Row = TableRow | JsonRow | UnreadableRow

/** Why no request can be made from a row. Never holds a prompt's text. */
export interface RowFault {
  readonly code:
    | 'invalid_row'
    | 'empty_prompt'
    | 'missing_value'
    | 'invalid_messages'
    | 'invalid_param'
    | 'unsupported_request'
    | 'image_missing'
    | 'image_invalid'
    | 'image_too_large'
    | 'image_outside'
    | 'image_changed'
  /** The same for all rows with this fault, so that they can be told together. */
  readonly message: string
  /** The column that a `missing_value` is about. */
  readonly column?: string
  /** What is the matter with this row alone, such as the name of a file. */
  readonly detail?: string
  /** What to do, where this row tells more of it than the kind of fault does. For people: in no results. */
  readonly hint?: string
}

/** What names a row's request, wherever the row stands: its hash, and which of the equal ones it is. */
export interface RequestIdentity {
  /** 32 hexadecimal digits: a hash of API path, model, messages and parameters; never of the host. */
  readonly key: string
  /** 0 for the first row with this very request, 1 for the second, … in input order. */
  readonly nth: number
}

/** Settings of `retry` in place of the run's own, by their names in the library. */
export type Override = JsonObject

/** What is sent for a row. */
export interface Request extends RequestIdentity {
  /** The row's index. */
  readonly row: number
  readonly line: number
  /** Path below the base URL, such as `/chat/completions`. */
  readonly path: string
  readonly model: string
  /** The JSON text that is sent, byte for byte; before `complete`, with references in place of files. */
  readonly body: string
  /** What the row calls itself, where it does. */
  readonly rowId?: string | undefined
  /** Reads the files that the request shows, when it is sent and not before; undefined when it shows none. */
  readonly complete?: (() => Promise<CompletedBody>) | undefined
  /** In which settings it differs from the request that it stands for, whose key it has. */
  readonly override?: Override | undefined
}

/** A body with everything in it, or why it cannot be had any more. */
export type CompletedBody =
  | {
      readonly fault?: undefined
      /** The JSON text in UTF-8. */
      readonly body: Uint8Array
      /** To be called once the body is no longer held: others may be waiting for the room that it takes. */
      release(): void
    }
  | { readonly fault: RowFault }

/** Response headers, names in lower case. */
export type ReplyHeaders = Readonly<Record<string, string | undefined>>

/** What the endpoint gave back on one attempt, before anybody has read the body. */
export interface Reply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly body: string
  /** From the first byte written to the last byte read, in ms. */
  readonly latencyMs: number
}

/** Tokens as the endpoint reported them. Parts are never added to their whole: cached ⊂ prompt, reasoning ⊂ completion. */
export interface Usage {
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly audioPromptTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
  readonly audioCompletionTokens: number
}
