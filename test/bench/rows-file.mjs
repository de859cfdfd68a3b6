// Input files of any size, the same in every run.
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

const words =
  'the model reads every line of this file and answers in one short sentence about what it found there, with care'.split(
    ' ',
  )

/** A prompt of about so many characters, different for every row. */
export const promptOf = (row, characters) => {
  let text = `Row ${row}:`
  for (let at = row; text.length < characters; at += 1 + (row % 5)) text += ` ${words[at % words.length]}`
  return text
}

const csvRow = (row, characters) => `${row},"${promptOf(row, characters)}"\n`

const jsonRow = (row, characters) => `${JSON.stringify({ id: row, prompt: promptOf(row, characters) })}\n`

/** Text in pieces of about a mebibyte. */
function* pieces({ head, rows, write, charactersOf }) {
  let text = head
  for (let row = 0; row < rows; row += 1) {
    text += write(row, charactersOf(row))
    if (text.length <= 2 ** 20) continue
    yield text
    text = ''
  }
  yield text
}

const writePieces = async (path, parts) => {
  const file = await open(path, 'w')
  for (const text of parts) await file.write(text)
  await file.close()
}

/**
 * Writes a CSV of `id` and `prompt`.
 * @param {string} path
 * @param {number} rows
 * @param {(row: number) => number} charactersOf length of a row's prompt
 */
export const writeRows = (path, rows, charactersOf = () => 200) =>
  writePieces(path, pieces({ head: 'id,prompt\n', rows, write: csvRow, charactersOf }))

/** The same as JSONL. */
export const writeJsonRows = (path, rows, charactersOf = () => 200) =>
  writePieces(path, pieces({ head: '', rows, write: jsonRow, charactersOf }))

/** The same as a compressed CSV. Resolves with the size of its text in bytes. */
export const writeGzipRows = async (path, rows, charactersOf) => {
  let bytes = 0
  function* counted() {
    for (const text of pieces({ head: 'id,prompt\n', rows, write: csvRow, charactersOf })) {
      bytes += Buffer.byteLength(text)
      yield text
    }
  }
  await pipeline(counted, createGzip({ level: 1 }), createWriteStream(path))
  return bytes
}
