import { type LimitName, limitNames } from '../core/api-params.js'
import { PromptmillError } from '../core/errors.js'
import type { JsonObject, JsonRow, Request, Row, RowFault, TableRow } from '../core/model.js'
import { type AnswerForm, writeResponseFormat } from './answer-form.js'
import { answersNotInLine, checkJsonNamed, checkText, imagesNotInLine, paramsNotInLine } from './body-faults.js'
import { createCellReader } from './cells.js'
import { completeBody, heldBytes } from './complete-body.js'
import { bringsSystem, chatPath, isBatchLine, readBatchLine, readMessages } from './conversation.js'
import { canonicalJson, identify } from './identity.js'
import type { ImageFile } from './image-files.js'
import { bringsParams, createOwnReader, type OwnReader } from './own-params.js'
import { createRoom } from './room.js'
import {
  createImageReader,
  type FilesOf,
  type ImageReader,
  type ImageSettings,
  type ImagesOf,
  noImages,
  type RowImages,
} from './row-images.js'
import { createFrames } from './row-params.js'
import {
  checkColumn,
  compileMessages,
  defaultPrompt,
  type InputShape,
  type MessageTemplate,
  MissingColumn,
  type NamedText,
  showImages,
} from './templates.js'

export interface PromptSettings {
  /** The user message; without it the column `prompt`, or the row's own `messages` or `body`. */
  readonly prompt: NamedText | undefined
  readonly system: NamedText | undefined
  /** A whole conversation, in place of `prompt` and `system`. */
  readonly messages?: readonly MessageTemplate[] | undefined
  readonly images?: ImageSettings | undefined
  readonly model: string | undefined
  /** API parameters of every request. */
  readonly params: JsonObject
  /** Columns that set parameters of their names, row by row. */
  readonly rowParams?: readonly string[] | undefined
  /** The name under which a row's own limit of tokens is sent; `max_completion_tokens` when it is left out. */
  readonly maxTokensName?: LimitName | undefined
  /** What answers are asked to be, where more than text is asked for. */
  readonly answers?: AnswerForm | undefined
}

/** A request before it is known which of several equal ones it is. */
export type Draft = Omit<Request, 'nth'>

/** A draft, or why there is none. */
export type DraftOrFault = ({ readonly fault?: undefined } & Draft) | { readonly fault: RowFault }

const noModel = (): PromptmillError =>
  new PromptmillError('bad_flag', 'No model is given', { hint: 'Give --model NAME or set OPENAI_MODEL' })

/** A request's body: the text that is sent, and the canonical one that names it where the two differ. */
interface Body {
  readonly model: string
  readonly text: string
  readonly canonical?: string
  /** Files that the text refers to. */
  readonly files?: readonly ImageFile[]
}

/** The path from rows to their requests. */
export interface RowDrafts {
  /** The row's request, or why there is none. The same row, with the same files, always gives the same. */
  toDraft(row: Row): DraftOrFault
}

/** The path from row to request, compiled once per run. By itself it is for rows that name no files, and throws for others. */
export interface Drafts extends RowDrafts {
  /** Reads what the drafts of these rows need beside the rows, the files that they name, and gives the path for them alone. */
  prepare(rows: readonly Row[]): RowDrafts | Promise<RowDrafts>
}

/** How a body becomes a draft. */
const createFinish = () => {
  const room = createRoom(heldBytes)
  return (row: Row, { model, text, canonical = text, files = [] }: Body): DraftOrFault => {
    const fault = checkText(canonical)
    if (fault !== undefined) return { fault }
    const complete = files.length === 0 ? undefined : () => completeBody(text, files, room)
    const key = identify(chatPath, canonical)
    return { row: row.index, line: row.line, path: chatPath, model, body: text, key, complete }
  }
}

const createImages = (
  { images }: PromptSettings,
  shape: InputShape,
  filesOf: FilesOf | undefined,
): ImageReader | undefined => {
  if (images === undefined || filesOf === undefined) return undefined
  for (const column of images.columns) checkColumn(shape, '--image-column', column)
  return createImageReader(images, { read: createCellReader(shape.columns), filesOf })
}

const toTemplates = ({ prompt, system, messages }: PromptSettings, shape: InputShape): readonly MessageTemplate[] => {
  if (messages !== undefined) return messages
  const question: MessageTemplate = prompt === undefined ? defaultPrompt(shape) : { role: 'user', content: prompt }
  return system === undefined ? [question] : [{ role: 'system', content: system }, question]
}

/** The way from a Batch API line, which is sent as it is. */
const createBatchSource =
  ({ model, answers }: PromptSettings, readOwn: OwnReader, finish: ReturnType<typeof createFinish>) =>
  (row: JsonRow, images: RowImages): DraftOrFault => {
    const line = readBatchLine(row)
    if ('code' in line) return { fault: line }
    if (answers !== undefined) return { fault: answersNotInLine }
    if (images.parts.length > 0) return { fault: imagesNotInLine }
    if (bringsParams(readOwn(row))) return { fault: paramsNotInLine }
    const own = line.body['model'] ?? undefined
    const named = own ?? model
    if (typeof named !== 'string') throw noModel()
    const canonical = canonicalJson({ ...line.body, model: named })
    return finish(row, { model: named, text: own === undefined ? canonical : line.text, canonical })
  }

/** The three ways from row to request. */
const createSources = (settings: PromptSettings, shape: InputShape) => {
  const { model, params, system, answers, rowParams: columns = [], maxTokensName = limitNames[0] } = settings
  const read = createCellReader(shape.columns)
  const write = compileMessages(shape, read, { templates: toTemplates(settings, shape), asks: true })
  const instructions: readonly MessageTemplate[] = system === undefined ? [] : [{ role: 'system', content: system }]
  const writeSystem = compileMessages(shape, read, { templates: instructions, asks: false })
  const written: Record<string, string> = answers === undefined ? {} : { response_format: writeResponseFormat(answers) }
  const readOwn = createOwnReader(columns, shape)
  const frameOf = createFrames({ columns, model, params, maxTokensName, written }, readOwn)
  const finish = createFinish()

  const assemble = (row: TableRow | JsonRow, messages: readonly string[], { files }: RowImages): DraftOrFault => {
    const frame = frameOf(row)
    if (frame === undefined) throw noModel()
    if ('code' in frame) return { fault: frame }
    const fault = answers?.kind === 'object' ? checkJsonNamed(messages) : undefined
    if (fault !== undefined) return { fault }
    return finish(row, { model: frame.model, text: frame.writeBody(messages), files })
  }
  return {
    fromTemplate(row: TableRow | JsonRow, images: RowImages): DraftOrFault {
      const messages = write(row, images.parts)
      return 'code' in messages ? { fault: messages } : assemble(row, messages, images)
    },
    fromMessages(row: JsonRow, images: RowImages): DraftOrFault {
      const messages = readMessages(row.record['messages'])
      if ('code' in messages) return { fault: messages }
      const own = showImages(messages, images.parts).map(canonicalJson)
      if (bringsSystem(messages)) return assemble(row, own, images)
      const before = writeSystem(row, [])
      return 'code' in before ? { fault: before } : assemble(row, [...before, ...own], images)
    },
    fromBatchLine: createBatchSource(settings, readOwn, finish),
  }
}

/**
 * Compiles templates and settings into a function from row to request.
 * @param filesOf where the images lie that a row names by their path; needed when `settings.images` are given
 * @throws PromptmillError `bad_template` for a broken template or a column that a table does not have, `bad_flag` when
 * rows need a model and none is given
 */
export const createDrafts = (settings: PromptSettings, shape: InputShape, filesOf?: FilesOf): Drafts => {
  const sources = createSources(settings, shape)
  const images = createImages(settings, shape, filesOf)
  const templated = settings.prompt !== undefined || settings.messages !== undefined
  const rowsNameModel = shape.form === 'json' || settings.rowParams?.includes('model') === true
  if (settings.model === undefined && !rowsNameModel) throw noModel()

  const choose = (row: TableRow | JsonRow, imagesOf: ImagesOf): DraftOrFault => {
    const shown = imagesOf(row)
    if (shown.fault !== undefined) return { fault: shown.fault }
    if (row.form === 'table' || templated) return sources.fromTemplate(row, shown)
    if (isBatchLine(row)) return sources.fromBatchLine(row, shown)
    return row.record['messages'] === undefined ? sources.fromTemplate(row, shown) : sources.fromMessages(row, shown)
  }
  const withImages = (imagesOf: ImagesOf): RowDrafts => ({
    toDraft(row) {
      if (row.form === 'unreadable') return { fault: row.fault }
      try {
        return choose(row, imagesOf)
      } catch (error) {
        if (!(error instanceof MissingColumn)) throw error
        const { column } = error
        return { fault: { code: 'missing_value', message: `no value for "${column}"`, column } }
      }
    },
  })
  const plain = withImages(images?.unlooked ?? noImages)
  return {
    toDraft: plain.toDraft,
    prepare: images === undefined ? () => plain : async rows => withImages(await images.look(rows)),
  }
}
