import { PromptmillError } from '../core/errors.js'
import type { JsonRow, Row, TableRow } from '../core/model.js'
import type { NamedFile } from './expand-paths.js'
import { type Input, type InputOptions, openInput } from './open.js'

const bad = (message: string, hint: string): PromptmillError => new PromptmillError('bad_input', message, { hint })

const nameTaken = (where: string, column: string): PromptmillError =>
  bad(
    `${where} has a column "${column}", and so have the results of several inputs: it names the file of each row`,
    `Give --output-prefix TEXT (such as llm_): that column is then called llm_${column}`,
  )

const quoteNames = (names: readonly string[]): string => {
  const shown = names.slice(0, 5).map(name => `"${name}"`)
  return shown.join(', ') + (names.length > 5 ? `, … (${names.length} in all)` : '')
}

const holds = ({ form }: Input): string => (form === 'table' ? 'is a table' : 'holds JSON objects')

/** What sets a file apart from the first; undefined when they agree. */
const tellDifference = (first: Input, other: Input): string | undefined => {
  if (first.form !== other.form) return `${other.name} ${holds(other)}, but ${first.name} ${holds(first)}`
  if (first.form === 'json') return undefined
  const lacks = first.columns.filter(column => !other.columns.includes(column))
  const adds = other.columns.filter(column => !first.columns.includes(column))
  if (lacks.length + adds.length === 0) return undefined
  const differences = [
    ...(lacks.length > 0 ? [`it lacks ${quoteNames(lacks)}`] : []),
    ...(adds.length > 0 ? [`it adds ${quoteNames(adds)}`] : []),
  ]
  return `${other.name} has other columns than ${first.name}: ${differences.join('; ')}`
}

/** More of them are of one kind. */
const mostTold = 10

/** Files of one run are of one form, and tables have the same columns, in whatever order. */
const checkAgreement = (first: Input, others: readonly Input[]): void => {
  const differences = others.flatMap(other => tellDifference(first, other) ?? [])
  const [only] = differences
  if (only === undefined) return
  const hint = others.some(({ form }) => form !== first.form)
    ? 'The files of one run are all tables or all JSON. Run the others on their own'
    : 'The files of one run have the same columns, in any order. Rename them, or run what differs on its own'
  if (differences.length === 1) throw bad(only, hint)
  const more = differences.length - mostTold
  const lines = [...differences.slice(0, mostTold), ...(more > 0 ? [`… and ${more} more`] : [])]
  throw bad(`${differences.length} files differ from the first, ${first.name}:\n  ${lines.join('\n  ')}`, hint)
}

/** Says for each row which file it comes from, in a last column of its own. */
interface SourceColumn {
  readonly column: string
  readonly file: string
  /** Index of the file's first row among all rows. */
  readonly start: number
}

const mark = (source: SourceColumn): string => `${JSON.stringify(source.column)}:${JSON.stringify(source.file)}}`

const createJsonMarker = (source: SourceColumn) => {
  const { column, file, start } = source
  const member = mark(source)
  return ({ index, line, text, record }: JsonRow): JsonRow => {
    if (Object.hasOwn(record, column)) throw nameTaken(`${file}, row ${index + 1} (line ${line}),`, column)
    const open = text.slice(0, -1).trimEnd()
    const marked = `${open}${open === '{' ? '' : ','}${member}`
    // The record is this row's own, made for it a moment ago: a copy would cost more than reading it.
    return { form: 'json', index: start + index, line, text: marked, record: Object.assign(record, { [column]: file }) }
  }
}

/** `order` tells where in the file's rows the first file's columns stand; undefined when it is the same. */
const createTableMarker = ({ file, start }: SourceColumn, order: readonly number[] | undefined) => {
  return ({ index, line, cells }: TableRow): TableRow => {
    // Every place in `order` is one of the row's own.
    const marked = order === undefined ? cells.slice() : order.map(place => cells[place] ?? '')
    marked.push(file)
    return { form: 'table', index: start + index, line, cells: marked }
  }
}

const createMarker = (source: SourceColumn, order: readonly number[] | undefined): ((row: Row) => Row) => {
  const markJson = createJsonMarker(source)
  const markTable = createTableMarker(source, order)
  const known = { [source.column]: source.file }
  return row => {
    if (row.form === 'table') return markTable(row)
    if (row.form === 'json') return markJson(row)
    const { index, line, text, fault } = row
    return { form: 'unreadable', index: source.start + index, line, text, fault, known }
  }
}

const findOrder = (columns: readonly string[], own: readonly string[]): readonly number[] | undefined =>
  columns.every((column, place) => own[place] === column) ? undefined : columns.map(column => own.indexOf(column))

/** Where in the list of files the one stands that a row comes from, by the index of each file's first row. */
const findFile = (starts: readonly number[], index: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return low
}

const openAll = async (files: readonly NamedFile[], options: InputOptions): Promise<readonly [Input, ...Input[]]> => {
  const inputs: Input[] = []
  for (const { path, name } of files) inputs.push(await openInput(path, { ...options, name }))
  const [first, ...others] = inputs
  if (first === undefined) throw new RangeError('no files')
  checkAgreement(first, others)
  return [first, ...others]
}

const union = (inputs: readonly Input[]): readonly string[] => [...new Set(inputs.flatMap(input => input.columns))]

/**
 * Opens several files as one input: their rows one file after another, each with a last column that names its file.
 * The columns are those of the first file.
 * @throws PromptmillError as `openInput` does, and `bad_input` when the files do not agree in form or columns, or have a
 * column of that name
 */
export const openInputs = async (
  files: readonly NamedFile[],
  options: InputOptions,
  sourceColumn: string,
): Promise<Input> => {
  const inputs = await openAll(files, options)
  const [first] = inputs
  for (const { name, form, columns } of inputs) {
    if (form === 'table' && columns.includes(sourceColumn)) throw nameTaken(name, sourceColumn)
  }
  const columns = first.form === 'table' ? first.columns : union(inputs)
  const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0)
  /** Known as far as a pass has come. */
  const starts: number[] = [0]
  const fileOf = (index: number): number => findFile(starts, index)
  const more = inputs.length - 1
  return {
    files,
    name: more === 0 ? first.name : `${first.name} and ${more} more`,
    format: first.format,
    form: first.form,
    columns: [...columns, sourceColumn],
    sourceColumn,
    partial: false,
    bytes,
    fileOf,
    sourceOf: index => files[fileOf(index)]?.name,
    async *rows(onShare) {
      let start = 0
      let done = 0
      for (const [place, input] of inputs.entries()) {
        starts[place] = start
        const source = { column: sourceColumn, file: input.name, start }
        const markRow = createMarker(source, findOrder(columns, input.columns))
        for await (const batch of input.rows(share => onShare?.((done + share * input.bytes) / bytes))) {
          start += batch.length
          yield batch.map(markRow)
        }
        done += input.bytes
      }
    },
  }
}
