import { PromptmillError } from '../core/errors.js'
import type { JsonObject, JsonRow, Request, Row, RowFault, TableRow } from '../core/model.js'
import { type AnswerForm, writeResponseFormat } from './answer-form.js'
import { type CellReader, createCellReader } from './cells.js'
import { createChatBody, textMessage } from './chat-body.js'
import { bringsSystem, chatPath, isBatchLine, readBatchLine, readMessages } from './conversation.js'
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
  /** What answers are asked to be, where more than text is asked for. */
  readonly answers?: AnswerForm | undefined
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

const emptyPrompt: RowFault = { code: 'empty_prompt', message: 'the prompt is empty' }

/** The API refuses to answer with an object unless a message speaks of JSON (OpenAI guide "Structured model outputs", "JSON mode"). */
const namesJson = (message: string): boolean => /json/i.test(message)

const jsonUnnamed: RowFault = {
  code: 'unsupported_request',
  message: 'no message holds the word JSON, as --json-mode needs it: ask for a JSON object in the prompt',
}

const notAsked: RowFault = {
  code: 'unsupported_request',
  message:
    'a Batch API line is sent as it is: leave --schema and --json-mode out, and write response_format in its body',
}

/** A request's body: the text that is sent, and the canonical one that names it where the two differ. */
interface Body {
  readonly model: string
  readonly text: string
  readonly canonical?: string
}

const toDraft = (row: Row, { model, text, canonical = text }: Body): DraftOrFault => {
  if (holdsLoneSurrogate(canonical)) return { fault: loneSurrogate }
  return { row: row.index, line: row.line, path: chatPath, model, body: text, key: identify(chatPath, canonical) }
}

const render = (read: CellReader, row: TableRow | JsonRow, template: Template): string =>
  template.render(column => {
    const cell = read(row, column)
    if (cell === undefined) throw new MissingColumn(column)
    return cell
  })

/** The system message of a row as canonical JSON, in a list that is empty when there is none. Written once per run if it is constant. */
const createSystemMessage = (read: CellReader, template: Template | undefined) => {
  const write = (text: string): readonly string[] => (text.trim() === '' ? [] : [textMessage('system', text)])
  if (template === undefined) return () => []
  if (template.columns.length > 0) return (row: TableRow | JsonRow) => write(render(read, row, template))
  const constant = write(template.render(() => ''))
  return () => constant
}

/** The path from row to request, compiled once per run. */
export interface Drafts {
  /** The row's request, or why there is none. The same row always gives the same. */
  toDraft(row: Row): DraftOrFault
}

/** The three ways from row to request. */
const createSources = (settings: PromptSettings, shape: InputShape) => {
  const { model, params } = settings
  const prompt = compilePrompt(shape, settings.prompt)
  const read = createCellReader(shape.columns)
  const system = createSystemMessage(read, compile(shape, settings.system))
  const { answers } = settings
  const written: Record<string, string> = answers === undefined ? {} : { response_format: writeResponseFormat(answers) }
  const writeBody = model === undefined ? undefined : createChatBody(model, params, written)

  const assemble = (row: Row, messages: readonly string[]): DraftOrFault => {
    if (model === undefined || writeBody === undefined) throw noModel()
    if (answers?.kind === 'object' && !messages.some(namesJson)) return { fault: jsonUnnamed }
    return toDraft(row, { model, text: writeBody(messages) })
  }
  return {
    fromTemplate(row: TableRow | JsonRow): DraftOrFault {
      const text = render(read, row, prompt)
      return text.trim() === '' ? { fault: emptyPrompt } : assemble(row, [...system(row), textMessage('user', text)])
    },
    fromMessages(row: JsonRow): DraftOrFault {
      const messages = readMessages(row.record['messages'])
      if ('code' in messages) return { fault: messages }
      const own = messages.map(canonicalJson)
      return assemble(row, bringsSystem(messages) ? own : [...system(row), ...own])
    },
    fromBatchLine(row: JsonRow): DraftOrFault {
      const line = readBatchLine(row)
      if ('code' in line) return { fault: line }
      if (answers !== undefined) return { fault: notAsked }
      const named = line.body['model'] ?? model
      if (typeof named !== 'string') throw noModel()
      const canonical = canonicalJson({ ...line.body, model: named })
      return toDraft(row, { model: named, text: line.body['model'] === undefined ? canonical : line.text, canonical })
    },
  }
}

/**
 * Compiles templates and settings into a function from row to request.
 * @throws PromptmillError `bad_template` for a broken template or a column that a table does not have, `bad_flag` when
 * rows need a model and none is given
 */
export const createDrafts = (settings: PromptSettings, shape: InputShape): Drafts => {
  const sources = createSources(settings, shape)
  if (settings.model === undefined && shape.form === 'table') throw noModel()

  const choose = (row: TableRow | JsonRow): DraftOrFault => {
    if (row.form === 'table' || settings.prompt !== undefined) return sources.fromTemplate(row)
    if (isBatchLine(row)) return sources.fromBatchLine(row)
    return row.record['messages'] === undefined ? sources.fromTemplate(row) : sources.fromMessages(row)
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
