import { parse } from 'csv-parse/sync'

/** As a stream: for a whole text Node 20 takes windows-1252 for ISO 8859-1. A byte order mark is left out. */
const toText = (bytes: Uint8Array, encoding: string): string =>
  new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })

const readCsv = (text: string): readonly string[] => {
  const [line = '', delimiter = ','] = /^sep=(.)\r?\n/.exec(text) ?? []
  const [columns = [], ...rows] = parse(text.slice(line.length), { delimiter })
  return rows.map(cells => JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, cells[index]]))))
}

/**
 * Each row of a file as the text of a JSON object, whatever its form: the lines of a JSONL file as they are, the cells
 * of a CSV under their columns. Read without the program under test.
 */
export const readRowTexts = (name: string, bytes: Uint8Array, encoding = 'utf-8'): readonly string[] => {
  const text = toText(bytes, encoding)
  return name.endsWith('.csv') ? readCsv(text) : text.trimEnd().split('\n')
}
