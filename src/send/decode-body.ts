import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer

const decoders: ReadonlyMap<string, Decode> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
])

/**
 * The text of a complete body. Nothing is asked to be compressed, but what a gateway compresses unasked is paid for
 * all the same. Decoded in one piece, so that no character is cut in two; bytes that are no UTF-8 become U+FFFD.
 * Throws when the body is not what its encoding says, or larger than `maxBytes`.
 */
export const decodeBody = (chunks: readonly Buffer[], encoding: string | undefined, maxBytes: number): string => {
  const [only] = chunks
  const whole = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
  if (encoding === undefined || encoding === 'identity') return whole.toString('utf8')
  const decode = decoders.get(encoding.trim().toLowerCase())
  return (decode === undefined ? whole : decode(whole, { maxOutputLength: maxBytes })).toString('utf8')
}
