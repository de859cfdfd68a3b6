import { PromptmillError } from '../core/errors.js'
import type { JsonObject, JsonRow, RowFault, TableRow } from '../core/model.js'
import { type CellReader, findColumn } from './cells.js'
import { textMessage } from './chat-body.js'
import { canonicalJson } from './identity.js'
import { compileTemplate, type Template, unknownColumn } from './template.js'

/** A template and what it is called in messages. */
export interface NamedText {
  readonly name: string
  readonly source: string
}

/** One message of a conversation, whose content is a template. */
export interface MessageTemplate {
  readonly role: Role
  readonly content: NamedText
}

/** Who may speak in a template. */
export const roles = ['system', 'developer', 'user', 'assistant'] as const

export type Role = (typeof roles)[number]

/** What the drafts need to know of the input. */
export interface InputShape {
  readonly form: 'table' | 'json'
  readonly columns: readonly string[]
}

/** A template names a column that a row does not have. */
export class MissingColumn extends Error {
  constructor(readonly column: string) {
    super()
  }
}

/** A table's columns are known: whoever names another one is wrong before the first row is read. */
export const checkColumn = (shape: InputShape, where: string, column: string): void => {
  if (shape.form === 'json' || findColumn(shape.columns, column) !== undefined) return
  throw unknownColumn(where, column, shape.columns)
}

const compile = (shape: InputShape, { name, source }: NamedText): Template => {
  const template = compileTemplate(name, source)
  for (const column of template.columns) checkColumn(shape, name, column)
  return template
}

const promptColumn = 'prompt'

/** The message that is sent when nothing says what to send. */
export const defaultPrompt = (shape: InputShape): MessageTemplate => {
  if (shape.form === 'table' && findColumn(shape.columns, promptColumn) === undefined) {
    throw new PromptmillError('bad_template', 'The input has no column "prompt", and no --prompt is given', {
      hint: `Write one, such as --prompt 'Summarise: {{${shape.columns[0] ?? 'column'}}}'. Columns found: ${shape.columns.join(', ')}`,
    })
  }
  return { role: 'user', content: { name: 'the default prompt', source: `{{${promptColumn}}}` } }
}

/** Messages with everything filled in, each as canonical JSON. */
export type Messages = readonly string[]

const emptyPrompt: RowFault = { code: 'empty_prompt', message: 'the prompt is empty' }

/** Which message shows the images and must not be empty: the last one of the user, else the last of all. */
const findQuestion = (roleList: readonly unknown[]): number => {
  const last = roleList.lastIndexOf('user')
  return last === -1 ? roleList.length - 1 : last
}

const isInstruction = (role: Role): boolean => role === 'system' || role === 'developer'

/** The question with its images; a blank text is left out. */
const showWith = (role: Role, text: string, images: readonly JsonObject[]): string => {
  if (images.length === 0) return textMessage(role, text)
  return canonicalJson({ role, content: [...(text.trim() === '' ? [] : [{ type: 'text', text }]), ...images] })
}

/** What is compiled: the templates, and whether they ask something or only stand before a conversation that does. */
export interface TemplateList {
  readonly templates: readonly MessageTemplate[]
  readonly asks: boolean
}

/**
 * Compiles a conversation of templates; messages without a column are written once per run.
 * @returns a function from a row and its images to its messages, or why there are none. It throws `MissingColumn`.
 * @throws PromptmillError `bad_template` for a broken template or a column that a table does not have
 */
export const compileMessages = (shape: InputShape, read: CellReader, { templates, asks }: TemplateList) => {
  const question = asks ? findQuestion(templates.map(({ role }) => role)) : -1
  const render = (row: TableRow | JsonRow, template: Template): string =>
    template.render(column => {
      const cell = read(row, column)
      if (cell === undefined) throw new MissingColumn(column)
      return cell
    })
  /** A blank instruction is none. */
  const write = (role: Role, text: string): string | undefined =>
    isInstruction(role) && text.trim() === '' ? undefined : textMessage(role, text)
  const writers = templates.map(({ role, content }, at) => {
    const template = compile(shape, content)
    if (at === question) {
      return (row: TableRow | JsonRow, images: readonly JsonObject[]) => {
        const text = render(row, template)
        return text.trim() === '' && images.length === 0 ? emptyPrompt : showWith(role, text, images)
      }
    }
    if (template.columns.length > 0) return (row: TableRow | JsonRow) => write(role, render(row, template))
    const text = template.render(() => '')
    const constant = write(role, text)
    return () => constant
  })

  return (row: TableRow | JsonRow, images: readonly JsonObject[]): Messages | RowFault => {
    const messages: string[] = []
    for (const writer of writers) {
      const message = writer(row, images)
      if (typeof message === 'object') return message
      if (message !== undefined) messages.push(message)
    }
    return messages
  }
}

/** A row's own conversation with images at the end of the last message of its user, or in one of their own. */
export const showImages = (messages: readonly JsonObject[], images: readonly JsonObject[]): readonly JsonObject[] => {
  if (images.length === 0) return messages
  const at = messages.findLastIndex(({ role }) => role === 'user')
  const asked = messages[at]
  if (asked === undefined) return [...messages, { role: 'user', content: images }]
  const { content } = asked
  const own = typeof content === 'string' ? [{ type: 'text', text: content }] : Array.isArray(content) ? content : []
  return messages.with(at, { ...asked, content: [...own, ...images] })
}
