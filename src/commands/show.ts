import { countOf } from '../core/count-words.js'
import { PromptmillError } from '../core/errors.js'
import type { Row, RowFault } from '../core/model.js'
import { flagName } from '../core/option-spec.js'
import { tellFault } from '../core/outcome.js'
import type { Input } from '../input/open.js'
import type { CheckOptions } from './check.js'
import { createIdReader, namePlace, placeOf } from './plan/row-name.js'
import type { Ports } from './ports.js'
import { openDrafts } from './session/open-drafts.js'
import { openForReading } from './session/open-source.js'
import { resolveSource } from './session/resolve-source.js'
import { toRunSettings } from './session/settings.js'

/** A row is asked for by its place in the whole input, whatever rows a run would choose. */
const everyRow = { limit: undefined, offset: undefined, shuffleSeed: undefined, where: undefined }

/** Reads no further than the row. */
const findRow = async (input: Input, number: number): Promise<Row> => {
  let rows = 0
  for await (const batch of input.rows()) {
    const row = batch.find(({ index }) => index === number - 1)
    if (row !== undefined) return row
    rows += batch.length
  }
  throw new PromptmillError('bad_flag', `${flagName('show')} ${number}: ${input.name} has ${countOf(rows, 'row')}`, {
    hint: 'Rows are counted from 1, without the header',
  })
}

/**
 * The body of one row's request, byte for byte as it would be sent, images included.
 * @param number the row's place in the input, counted from 1
 * @throws PromptmillError `bad_flag` when there is no such row, `bad_input` when it has no request
 */
export const showRequest = async (options: CheckOptions, number: number, ports: Ports): Promise<string> => {
  const settings = await toRunSettings(options, ports.env)
  const { source, close } = await openForReading(await resolveSource(options.input), { ...settings, ...everyRow })
  try {
    const { input } = source
    const drafts = await openDrafts(settings, source)
    const row = await findRow(input, number)
    const refuse = (fault: RowFault): PromptmillError => {
      const id = createIdReader(input.columns, settings.idColumn)(row)
      const place = namePlace({ ...placeOf(input, row), id })
      return new PromptmillError('bad_input', `${input.name}: ${place} has no request to send: ${tellFault(fault)}`)
    }
    const { toDraft } = await drafts.prepare([row])
    const draft = toDraft(row)
    if (draft.fault !== undefined) throw refuse(draft.fault)
    const completed = await draft.complete?.()
    if (completed?.fault !== undefined) throw refuse(completed.fault)
    return completed === undefined ? draft.body : new TextDecoder().decode(completed.body)
  } finally {
    await close()
  }
}
