import type { Draft } from '../../prompt/drafts.js'

/** The request of a row, as the plan made it. */
export interface KeptRequest extends Pick<Draft, 'row' | 'line' | 'path' | 'model' | 'body' | 'key'> {
  readonly rowId: string | undefined
}

/** The requests of a small input, so that its rows need not be read and made into requests a second time. */
export interface KeptRequests {
  /** A request that is to be sent, in the order of the rows. */
  keep(draft: Draft, rowId: string | undefined): void
  /** All of them; undefined when one could not be kept. */
  all(): Iterable<KeptRequest> | undefined
}

/** The room for them: what a run of thousands of rows may take. One of millions does not begin to take it. */
const defaultRoom = 16 * 2 ** 20

const chunkBytes = 2 ** 20

/** UTF-8 takes at most three bytes for a UTF-16 unit (RFC 3629, section 3). */
const mostBytesPerUnit = 3

/** Row, line, shape, length of the id and length of the body, each in four bytes; then the key's digits. */
const numberBytes = 4
const keyAt = 5 * numberBytes
const textAt = keyAt + 32

const noId = 2 ** 32 - 1

/** What most requests have in common. */
type Shape = Pick<Draft, 'path' | 'model'>

interface Chunk {
  readonly bytes: Buffer
  filled: number
}

/** Reads them from the chunks that they were written into, one behind the other. */
function* readAll(chunks: readonly Chunk[], shapes: readonly Shape[]): Generator<KeptRequest> {
  for (const { bytes, filled } of chunks) {
    for (let at = 0; at < filled; ) {
      const number = (place: number): number => bytes.readUInt32LE(at + place * numberBytes)
      const { path, model } = shapes[number(2)] ?? { path: '', model: '' }
      const idBytes = number(3)
      const idAt = at + textAt
      const bodyAt = idAt + (idBytes === noId ? 0 : idBytes)
      const end = bodyAt + number(4)
      yield {
        row: number(0),
        line: number(1),
        path,
        model,
        key: bytes.toString('latin1', at + keyAt, idAt),
        rowId: idBytes === noId ? undefined : bytes.toString('utf8', idAt, bodyAt),
        body: bytes.toString('utf8', bodyAt, end),
      }
      at = end
    }
  }
}

/**
 * Keeps requests as bytes, outside of the heap: as strings they would be moved by every collection until they are sent,
 * which costs more than to make them again.
 * @param inputBytes size of the input: for one that would not find room nothing is begun
 */
export const createKeptRequests = (inputBytes: number, room = defaultRoom): KeptRequests => {
  const shapes: Shape[] = []
  let chunks: Chunk[] | undefined = inputBytes <= room ? [] : undefined
  let allocated = 0

  const shapeOf = ({ path, model }: Draft): number => {
    const last = shapes.at(-1)
    if (last === undefined || last.path !== path || last.model !== model) shapes.push({ path, model })
    return shapes.length - 1
  }
  const reserve = (bytes: number): Chunk | undefined => {
    const last = chunks?.at(-1)
    if (last !== undefined && last.filled + bytes <= last.bytes.length) return last
    const size = Math.max(bytes, chunkBytes)
    allocated += size
    if (chunks === undefined || allocated > room) return undefined
    const chunk = { bytes: Buffer.allocUnsafeSlow(size), filled: 0 }
    chunks.push(chunk)
    return chunk
  }
  return {
    keep(draft, rowId) {
      if (chunks === undefined) return
      const { row, line, body, key, complete } = draft
      const units = (rowId?.length ?? 0) + body.length
      // A request that shows files is completed with them, which may change until it is sent.
      const chunk = complete === undefined ? reserve(textAt + units * mostBytesPerUnit) : undefined
      if (chunk === undefined) {
        chunks = undefined
        return
      }
      const { bytes, filled: at } = chunk
      const idAt = at + textAt
      const idBytes = rowId === undefined ? 0 : bytes.write(rowId, idAt, 'utf8')
      const bodyBytes = bytes.write(body, idAt + idBytes, 'utf8')
      const numbers = [row, line, shapeOf(draft), rowId === undefined ? noId : idBytes, bodyBytes]
      for (let place = 0; place < numbers.length; place++) {
        bytes.writeUInt32LE(numbers[place] ?? 0, at + place * numberBytes)
      }
      bytes.write(key, at + keyAt, 'latin1')
      chunk.filled = idAt + idBytes + bodyBytes
    },
    all: () => chunks && readAll(chunks, shapes),
  }
}
