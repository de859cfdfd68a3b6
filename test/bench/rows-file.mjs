// Input files of any size, the same in every run.
import { open } from 'node:fs/promises'

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

/**
 * Writes a CSV of `id` and `prompt`.
 * @param {string} path
 * @param {number} rows
 * @param {(row: number) => number} charactersOf length of a row's prompt
 */
export const writeRows = async (path, rows, charactersOf = () => 200) => {
  const file = await open(path, 'w')
  let text = 'id,prompt\n'
  for (let row = 0; row < rows; row += 1) {
    text += `${row},"${promptOf(row, charactersOf(row))}"\n`
    if (text.length > 2 ** 20) {
      await file.write(text)
      text = ''
    }
  }
  await file.write(text)
  await file.close()
}
