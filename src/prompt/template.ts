import { PromptmillError } from '../core/errors.js'
import { nearestName } from '../core/nearest.js'

type Piece = { readonly text: string } | { readonly column: string }

/** A template read once per run: its columns are known before the first row, and rendering is plain joining. */
export interface Template {
  /** The columns it names, each once, in order of appearance. */
  readonly columns: readonly string[]
  /** Fills the columns in. Single pass: what a cell contains is never expanded again. */
  render(cell: (column: string) => string): string
}

const broken = (name: string, at: number, problem: string): PromptmillError =>
  new PromptmillError('bad_template', `${name}: ${problem} at character ${at + 1}`, {
    hint: 'Write a column as {{name}}; write {{{{ for two braces that are meant as such',
  })

/** Where the text up to `at` continues: after a literal `{{{{` or a `{{column}}`. */
const readPiece = (name: string, source: string, at: number): { piece: Piece; next: number } => {
  if (source.startsWith('{{{{', at)) return { piece: { text: '{{' }, next: at + 4 }
  // Of three braces the last two open the column, as in a JSON template: {"text": {{{body}}}}.
  if (source.startsWith('{{{', at)) return { piece: { text: '{' }, next: at + 1 }
  const end = source.indexOf('}}', at + 2)
  const inner = source.indexOf('{{', at + 2)
  if (end === -1 || (inner !== -1 && inner < end)) throw broken(name, at, 'a {{ is never closed by }}')
  const column = source.slice(at + 2, end).trim()
  if (column === '') throw broken(name, at, 'empty braces {{}}')
  return { piece: { column }, next: end + 2 }
}

const readPieces = (name: string, source: string): Piece[] => {
  const pieces: Piece[] = []
  let from = 0
  for (;;) {
    const at = source.indexOf('{{', from)
    const text = source.slice(from, at === -1 ? source.length : at)
    if (text !== '') pieces.push({ text })
    if (at === -1) return pieces
    const { piece, next } = readPiece(name, source, at)
    pieces.push(piece)
    from = next
  }
}

/**
 * Compiles `{{column}}` templates; blanks inside the braces are ignored, `{{{{` stands for `{{`.
 * @param name what the template is called in messages, such as `--prompt`
 * @throws PromptmillError `bad_template` for braces that are empty or never closed
 */
export const compileTemplate = (name: string, source: string): Template => {
  const pieces = readPieces(name, source)
  const columns = [...new Set(pieces.flatMap(piece => ('column' in piece ? [piece.column] : [])))]
  return {
    columns,
    render: cell => pieces.map(piece => ('column' in piece ? cell(piece.column) : piece.text)).join(''),
  }
}

/** The error for a column that the input does not have: names the nearest one and lists those found. */
export const unknownColumn = (where: string, column: string, known: readonly string[]): PromptmillError => {
  const nearest = nearestName(column, known)
  const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? `, … (${known.length} in all)` : '')
  return new PromptmillError('bad_template', `${where} names the column "${column}", which the input does not have`, {
    hint: `${nearest !== undefined ? `Did you mean "${nearest}"? ` : ''}Columns found: ${shown === '' ? 'none' : shown}`,
  })
}
