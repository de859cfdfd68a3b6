import type { Price } from '../../core/outcome.js'
import type { Input } from '../../input/open.js'
import { type Manifest, readManifest } from '../../journal/manifest.js'
import type { PriceBook } from '../../pricing/price-book.js'
import type { Drafts } from '../../prompt/drafts.js'
import type { Recollection } from '../plan/recall.js'
import { remember } from '../plan/remember.js'
import { openDrafts } from '../session/open-drafts.js'
import { type OpenedSource, openForReading, streamFormat } from '../session/open-source.js'
import { decideOutput } from '../session/output-path.js'
import { createDailyPrice } from '../session/price.js'
import { loadPrices } from '../session/prices.js'
import { resolveSource } from '../session/resolve-source.js'
import type { RowSource, RunSettings } from '../session/settings.js'

/** What a run would find if it began now. Nothing is taken into possession: no lock, no folder beside the input. */
export interface Survey {
  readonly settings: RunSettings
  readonly source: OpenedSource
  readonly input: Input
  readonly drafts: Drafts
  /** The drafts that another model would get. */
  readonly draftsFor: (model: string) => Promise<Drafts>
  readonly prices: PriceBook
  readonly price: Price
  /** The run folder, which need not exist. */
  readonly folder: string
  readonly earlier: Manifest | undefined
  /** What the journal has of the rows; empty where a run would set its answers aside. */
  readonly memory: Recollection
  /** What a run would say as it begins. */
  readonly notices: readonly string[]
  /** Whether a run would set the earlier answers aside. */
  readonly setAside: boolean
  /** Forgets the copy of a stream. */
  close(): Promise<void>
}

const setAsideNotice = 'The earlier answers are simulated: a run sets them aside, and every row is sent'

/**
 * Looks at everything that a run would look at before its first request.
 * @throws PromptmillError `bad_input`, `bad_flag`, `bad_template`, `bad_output`, `journal_damaged`
 */
export const survey = async (from: RowSource, settings: RunSettings): Promise<Survey> => {
  const resolved = await resolveSource(from)
  const { source, close } = await openForReading(resolved, settings)
  try {
    const { input } = source
    const format = resolved.kind === 'stream' ? streamFormat(resolved.stream, settings) : input.format
    // Several inputs have no results name of their own. Nothing is written here, so none is asked for.
    const output = settings.output ?? (resolved.kind === 'several' ? '-' : undefined)
    const { runFolder: folder } = decideOutput(output, resolved, format)
    const drafts = await openDrafts(settings, source)
    const prices = await loadPrices(settings.prices, folder)
    const earlier = await readManifest(folder)
    const { memory, setAside } = await remember(folder, settings)
    const notices = setAside ? [setAsideNotice] : []
    const price = createDailyPrice(prices)
    const draftsFor = (model: string): Promise<Drafts> =>
      openDrafts({ ...settings, requests: { ...settings.requests, model } }, source)
    return {
      settings,
      source,
      input,
      drafts,
      draftsFor,
      prices,
      price,
      folder,
      earlier,
      memory,
      notices,
      setAside,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
