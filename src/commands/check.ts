import { loadModelLimits } from '../pricing/model-limits.js'
import type { PriceBook } from '../pricing/price-book.js'
import { createFindings, type Finding, type Findings } from './check/findings.js'
import type { Repeats } from './check/repeats.js'
import { type CheckNotify, checkRows } from './check/rows.js'
import type { Ports } from './ports.js'
import { openForReading } from './session/open-source.js'
import { loadPrices } from './session/prices.js'
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
    const message = `No price is known for ${model}: tokens are counted, cost stays unknown (${prices.source})`
    findings.add({ code: 'unknown_price', kind: 'note', message })
  }
}

/**
 * Reads every row and reports every fault found; sends nothing, writes nothing. Rows that an earlier run has answered
 * are checked like all others.
 * @throws PromptmillError for options that are wrong and for an input whose beginning cannot be read
 */
export const check = async (options: CheckOptions, ports: Ports, notify: CheckNotify = {}): Promise<CheckReport> => {
  const settings = await toRunSettings(options, ports.env)
  const prices = await loadPrices(settings.prices)
  const { source, close } = await openForReading(await resolveSource(options.input), settings)
  const { input } = source
  try {
    const findings = createFindings()
    const limits = { limitsOf: await loadModelLimits(), tpm: settings.tpm }
    const { rows, models, repeats } = await checkRows({ settings, source, findings, limits, notify })
    checkPrices(models, prices, { findings, at: new Date(ports.clock.wall()) })
    const found = findings.list()
    return { input: input.name, rows, ok: found.every(({ kind }) => kind === 'note'), findings: found, repeats }
  } finally {
    await close()
  }
}
