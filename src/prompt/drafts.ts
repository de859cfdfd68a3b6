import { PromptmillError } from '../core/errors.js'
import type { JsonObject, JsonRow, JsonValue, Request, Row, RowFault, TableRow } from '../core/model.js'
import { type CellReader, createCellReader } from './cells.js'
import { chatPath, checkMessages, isBatchLine, readBatchLine, withSystem } from './conversation.js'
import { canonicalJson, identify } from './identity.js'
import { compileTemplate, type Template, unknownColumn } from './template.js'

/** A template and what it is called in messages. */
export interface NamedText {
  readonly name: string
  readonly source: string
}

export interface PromptSettings {
  /** The user message; without it the column `prompt`, or the row's own `messages` or `body`. */
  readonly prompt: NamedText | undefined
  readonly system: NamedText | undefined
  readonly model: string | undefined
  /** API parameters of every request. */
  readonly params: JsonObject
}

/** What the drafts need to know of the input. */
export interface InputShape {
  readonly form: 'table' | 'json'
  readonly columns: readonly string[]
}

/** A request before it is known which of several equal ones it is. */
export type Draft = Omit<Request, 'nth'>

/** A draft, or why there is none. */
export type DraftOrFault = ({ readonly fault?: undefined } & Draft) | { readonly fault: RowFault }

const promptColumn = 'prompt'

const noModel = (): PromptmillError =>
  new PromptmillError('bad_flag', 'No model is given', { hint: 'Give --model NAME or set OPENAI_MODEL' })

/** A table's columns are known: a template that names another one is wrong before the first row is read. */
const checkColumns = (shape: InputShape, name: string, template: Template): void => {
  const missing = template.columns.find(column => !shape.columns.includes(column))
  if (shape.form === 'table' && missing !== undefined) throw unknownColumn(name, missing, shape.columns)
}

const compile = (shape: InputShape, text: NamedText | undefined): Template | undefined => {
  if (text === undefined) return undefined
  const template = compileTemplate(text.name, text.source)
  checkColumns(shape, text.name, template)
  return template
}

const compilePrompt = (shape: InputShape, given: NamedText | undefined): Template => {
  const template = compile(shape, given) ?? compileTemplate('the default prompt', `{{${promptColumn}}}`)
  if (given === undefined && shape.form === 'table' && !shape.columns.includes(promptColumn)) {
    throw new PromptmillError('bad_template', 'The input has no column "prompt", and no --prompt is given', {
      hint: `Write one, such as --prompt 'Summarise: {{${shape.columns[0] ?? 'column'}}}'. Columns found: ${shape.columns.join(', ')}`,
    })
  }
  return template
}

class MissingColumn extends Error {
  constructor(readonly column: string) {
    super()
  }
}

/** Half a surrogate pair (a cut emoji) is no Unicode text; JSON.stringify writes it as an escape of its own. */
const holdsLoneSurrogate = (json: string): boolean =>
  json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/.test(json)

const loneSurrogate: RowFault = {
  code: 'invalid_row',
  message: 'the text holds half of a surrogate pair (a cut emoji), which is not valid Unicode',
}

/** The path from row to request, compiled once per run. */
export interface Drafts {
  /** The row's request, or why there is none. The same row always gives the same. */
  toDraft(row: Row): DraftOrFault
}

/**
 * Compiles templates and settings into a function from row to request.
 * @throws PromptmillError `bad_template` for a broken template or a column that a table does not have, `bad_flag` when
 * rows need a model and none is given
 */
export const createDrafts = (settings: PromptSettings, shape: InputShape): Drafts => {
  const prompt = compilePrompt(shape, settings.prompt)
  const system = compile(shape, settings.system)
  const read = createCellReader(shape.columns)
  if (settings.model === undefined && shape.form === 'table') throw noModel()

  const finish = (row: Row, body: JsonObject, written?: string): DraftOrFault => {
    const model = body['model']
    if (typeof model !== 'string') throw noModel()
    const canonical = canonicalJson(body)
    const text = written ?? canonical
    if (holdsLoneSurrogate(canonical)) return { fault: loneSurrogate }
    return { row: row.index, line: row.line, path: chatPath, model, body: text, key: identify(chatPath, canonical) }
  }

  const assemble = (row: Row, messages: readonly JsonValue[]): DraftOrFault => {
    if (settings.model === undefined) throw noModel()
    return finish(row, { ...settings.params, model: settings.model, messages })
  }

  const fromBatchLine = (row: JsonRow): DraftOrFault => {
    const line = readBatchLine(row)
    if ('code' in line) return { fault: line }
    if (line.body['model'] !== undefined) return finish(row, line.body, line.text)
    return settings.model === undefined ? assemble(row, []) : finish(row, { ...line.body, model: settings.model })
  }

  const fromMessages = (row: JsonRow): DraftOrFault => {
    const { messages } = row.record
    const wrong = checkMessages(messages)
    if (wrong !== undefined) return { fault: wrong }
    return assemble(row, withSystem(messages as readonly JsonValue[], render(read, row, system)))
  }

  const fromTemplate = (row: TableRow | JsonRow): DraftOrFault => {
    const text = render(read, row, prompt)
    if (text.trim() === '') return { fault: { code: 'empty_prompt', message: 'the prompt is empty' } }
    return assemble(row, withSystem([{ role: 'user', content: text }], render(read, row, system)))
  }

  const choose = (row: TableRow | JsonRow): DraftOrFault => {
    if (row.form === 'table' || settings.prompt !== undefined) return fromTemplate(row)
    if (isBatchLine(row)) return fromBatchLine(row)
    return row.record['messages'] === undefined ? fromTemplate(row) : fromMessages(row)
  }

  return {
    toDraft(row) {
      if (row.form === 'unreadable') return { fault: row.fault }
      try {
        return choose(row)
      } catch (error) {
        if (!(error instanceof MissingColumn)) throw error
        const { column } = error
        return { fault: { code: 'missing_value', message: `no value for "${column}"`, column } }
      }
    },
  }
}

const render = (read: CellReader, row: TableRow | JsonRow, template: Template | undefined): string =>
  template?.render(column => {
    const cell = read(row, column)
    if (cell === undefined) throw new MissingColumn(column)
    return cell
  }) ?? ''
