import type { PromptmillError } from '../core/errors.js'
import type { UnreadableRow } from '../core/model.js'
import { loadModelLimits } from '../pricing/model-limits.js'
import type { PriceBook } from '../pricing/price-book.js'
import { showUnpriced } from '../pricing/unpriced-name.js'
import { describeFixedText } from '../prompt/fixed-text.js'
import { createFindings, type Finding, type Findings } from './check/findings.js'
import type { Repeats } from './check/repeats.js'
import { type CheckNotify, checkRows } from './check/rows.js'
import type { Ports } from './ports.js'
import { openForReading } from './session/open-source.js'
import { loadPrices } from './session/prices.js'
import type { OnRagged } from './session/ragged-rows.js'
import { resolveSource } from './session/resolve-source.js'
import { type GivenFlags, type RowSource, toRunSettings } from './session/settings.js'

/** What a caller gives to `check`: the flags of a run, and the rows. */
export interface CheckOptions extends GivenFlags {
  /** Path of a CSV, TSV, JSONL or JSON file, a list of paths and patterns, or any (async) iterable of objects, one a row. */
  readonly input: RowSource
}

/** The object that `check --json` prints. */
export interface CheckReport {
  readonly input: string
  /** Rows read. */
  readonly rows: number
  /** Whether there is not a single fault; notes do not count. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** Requests that an earlier row has too. */
  readonly repeats: Repeats
}

const checkPrices = (models: ReadonlySet<string>, prices: PriceBook, found: { findings: Findings; at: Date }): void => {
  const { findings, at } = found
  for (const model of models) {
    if (prices.rates(model, at) !== undefined) continue
    const message = `No price is known for ${showUnpriced(model, prices)}: tokens are counted, cost stays unknown (${prices.source})`
    findings.add({ code: 'unknown_price', kind: 'note', message })
  }
}

/** A ragged row ends a run before it begins. */
const addRagged = (findings: Findings, { index, line, fault }: UnreadableRow, source: string | undefined): void =>
  findings.add(
    {
      code: 'bad_input',
      kind: 'fault',
      message: fault.message,
      hint: 'Every row needs as many cells: write an empty one for a missing value, and put cells that hold the delimiter in quotes',
    },
    { row: index + 1, line, source: source ?? null, id: null, detail: null },
  )

/** Where nothing is wrong but that there is nothing. */
const noteNoRows = (findings: Findings): void => {
  if (findings.list().length > 0) return
  const hint = 'A run would send nothing: check that this is the file that is meant'
  findings.add({ code: 'no_rows', kind: 'note', message: 'There is not a single row', hint })
}

/** The report in place of one that cannot be made, for programs: the fault that everything ends with. */
export const reportRefusal = (input: string, { code, message, hint }: PromptmillError): CheckReport => ({
  input,
  rows: 0,
  ok: false,
  findings: [{ code, kind: 'fault', message, hint: hint ?? null, rows: 0, examples: [] }],
  repeats: { rows: 0, share: 0 },
})

/**
 * Reads every row and reports every fault found; sends nothing, writes nothing. Rows that an earlier run has answered
 * are checked like all others.
 * @throws PromptmillError for options that are wrong and for an input whose beginning cannot be read
 */
export const check = async (options: CheckOptions, ports: Ports, notify: CheckNotify = {}): Promise<CheckReport> => {
  const settings = await toRunSettings(options, ports.env)
  const prices = await loadPrices(settings.prices)
  const findings = createFindings()
  let ragged = 0
  const onRagged: OnRagged = (row, from) => {
    ragged += 1
    addRagged(findings, row, from)
  }
  const { source, close } = await openForReading(await resolveSource(options.input), { ...settings, onRagged })
  const { input } = source
  try {
    const limits = { limitsOf: await loadModelLimits(), tpm: settings.tpm }
    const { rows, models, repeats } = await checkRows({ settings, source, findings, limits, notify })
    checkPrices(models, prices, { findings, at: new Date(ports.clock.wall()) })
    const fixed = rows > 1 ? describeFixedText(settings.requests, input) : undefined
    if (fixed !== undefined) findings.add({ code: 'no_column', kind: 'note', message: fixed })
    if (rows + ragged === 0) noteNoRows(findings)
    const found = findings.list()
    return {
      input: input.name,
      rows: rows + ragged,
      ok: found.every(({ kind }) => kind === 'note'),
      findings: found,
      repeats,
    }
  } finally {
    await close()
  }
}
