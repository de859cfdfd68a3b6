import type { JournalPosition } from '../../core/records.js'

/**
 * What the run knows of a row: to be sent, to be sent again although a record has settled it, settled by an earlier
 * session or by this one, with no request at all, not chosen, answered by the request of an equal row, or unsettled and
 * left so in this session.
 */
export type RowState = 'pending' | 'again' | 'settled' | 'done' | 'faulty' | 'unchosen' | 'copy' | 'left'

const states = [
  'pending',
  'again',
  'settled',
  'done',
  'faulty',
  'unchosen',
  'copy',
  'left',
] as const satisfies readonly RowState[]

const rowsPerChunk = 65_536

interface Chunk {
  readonly state: Uint8Array
  /** Made with the first record: while the input is planned, when other tables are at their largest, there is none. */
  position: Float64Array | undefined
  /** Made only where a chunk holds a row that is not the first of its equals. */
  nth: Uint32Array | undefined
  /** Made only where a chunk holds a row that shows files. */
  keys: Buffer | undefined
  /** Made only where a chunk holds a copy: the row it is a copy of, plus 1. */
  source: Uint32Array | undefined
}

/** A key is 32 hexadecimal digits. */
const keyBytes = 16

/**
 * The run's memory of its rows: nine bytes a row, in chunks so that growing copies nothing. Only rows that were tried
 * more than once, or that show files, cost more.
 */
export interface RowTable {
  /** Rows of the input up to the last that was pushed, those that are not chosen included. */
  readonly rows: number
  /** Rows to be sent. */
  readonly unsent: number
  /** Appends the next row of the input. */
  push(state: RowState, nth: number): void
  /** Appends rows that are not chosen, until the next one to be pushed is this. */
  skipTo(row: number): void
  state(row: number): RowState
  /** Whether the row is to be sent. */
  isUnsent(row: number): boolean
  /** Whether nothing has settled the row and no session has sent it before. */
  isFresh(row: number): boolean
  /** Whether nothing has settled the row, to be sent in this session or not. */
  isOpen(row: number): boolean
  nth(row: number): number
  /** The row whose request answers this one; undefined where that row is not in the input, and for all but copies. */
  source(row: number): number | undefined
  setSource(row: number, source: number): void
  /** The row whose call answers this one: the row itself, but for copies. Undefined as `source` is. */
  sender(row: number): number | undefined
  /** The journal records that tell the row's story, oldest first; of a copy without a source those it copies. */
  positions(row: number): readonly JournalPosition[]
  addPosition(row: number, position: JournalPosition): void
  /** Records of a copy that was once sent itself. */
  ownPositions(row: number): readonly JournalPosition[]
  setOwnPositions(row: number, positions: readonly JournalPosition[]): void
  /** This session has settled the row. */
  settle(row: number): void
  /** Calls made so far for a row that is to be sent, or was once. */
  attempts(row: number): number
  setAttempts(row: number, attempts: number): void
  /** The key that the plan gave to a row whose request shows files, which may change until it is sent. */
  key(row: number): string | undefined
  setKey(row: number, key: string): void
}

const createChunk = (): Chunk => ({
  state: new Uint8Array(rowsPerChunk),
  position: undefined,
  nth: undefined,
  keys: undefined,
  source: undefined,
})

export const createRowTable = (): RowTable => {
  const chunks: Chunk[] = []
  const later = new Map<number, JournalPosition[]>()
  const own = new Map<number, readonly JournalPosition[]>()
  const attempts = new Map<number, number>()
  let rows = 0
  let unsent = 0

  const chunkOf = (row: number): Chunk => {
    const chunk = chunks[Math.floor(row / rowsPerChunk)]
    if (chunk === undefined) throw new RangeError(`row ${row} is not in the table`)
    return chunk
  }
  const stateOf = (row: number): RowState => states[chunkOf(row).state[row % rowsPerChunk] ?? 0] ?? 'pending'
  const isOpen = (row: number): boolean => stateOf(row) === 'pending' || stateOf(row) === 'left'
  const isUnsent = (row: number): boolean => stateOf(row) === 'pending' || stateOf(row) === 'again'
  const sourceOf = (row: number): number | undefined => {
    const source = chunkOf(row).source?.[row % rowsPerChunk] ?? 0
    return source === 0 ? undefined : source - 1
  }

  const push = (state: RowState, nth: number): void => {
    if (rows % rowsPerChunk === 0) chunks.push(createChunk())
    const chunk = chunkOf(rows)
    chunk.state[rows % rowsPerChunk] = states.indexOf(state)
    if (nth > 0) {
      chunk.nth ??= new Uint32Array(rowsPerChunk)
      chunk.nth[rows % rowsPerChunk] = nth
    }
    rows += 1
    if (state === 'pending' || state === 'again') unsent += 1
  }

  return {
    get rows() {
      return rows
    },
    get unsent() {
      return unsent
    },
    push,
    skipTo(row) {
      for (let missing = row - rows; missing > 0; missing--) push('unchosen', 0)
    },
    state: stateOf,
    isUnsent,
    isOpen,
    isFresh: row => isOpen(row) && !attempts.has(row) && (chunkOf(row).position?.[row % rowsPerChunk] ?? -1) < 0,
    nth: row => chunkOf(row).nth?.[row % rowsPerChunk] ?? 0,
    source: sourceOf,
    sender(row) {
      let sender: number | undefined = row
      while (sender !== undefined && stateOf(sender) === 'copy') sender = sourceOf(sender)
      return sender
    },
    setSource(row, source) {
      const chunk = chunkOf(row)
      chunk.source ??= new Uint32Array(rowsPerChunk)
      chunk.source[row % rowsPerChunk] = source + 1
    },
    positions(row) {
      const first = chunkOf(row).position?.[row % rowsPerChunk] ?? -1
      return first < 0 ? [] : [first, ...(later.get(row) ?? [])]
    },
    addPosition(row, position) {
      const chunk = chunkOf(row)
      chunk.position ??= new Float64Array(rowsPerChunk).fill(-1)
      if ((chunk.position[row % rowsPerChunk] ?? -1) < 0) chunk.position[row % rowsPerChunk] = position
      else later.set(row, [...(later.get(row) ?? []), position])
    },
    ownPositions: row => own.get(row) ?? [],
    setOwnPositions: (row, positions) => void own.set(row, positions),
    settle(row) {
      if (isUnsent(row)) unsent -= 1
      attempts.delete(row)
      chunkOf(row).state[row % rowsPerChunk] = states.indexOf('done')
    },
    attempts: row => attempts.get(row) ?? 0,
    setAttempts: (row, count) => void attempts.set(row, count),
    key(row) {
      const at = (row % rowsPerChunk) * keyBytes
      const bytes = chunkOf(row).keys?.subarray(at, at + keyBytes)
      return bytes === undefined || bytes.every(byte => byte === 0) ? undefined : bytes.toString('hex')
    },
    setKey(row, key) {
      const chunk = chunkOf(row)
      chunk.keys ??= Buffer.alloc(rowsPerChunk * keyBytes)
      chunk.keys.write(key, (row % rowsPerChunk) * keyBytes, 'hex')
    },
  }
}
