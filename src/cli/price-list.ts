import { listPrices, type PriceList, type PriceListing } from '../commands/list-prices.js'
import { showCount } from '../core/count-words.js'
import type { Terminal } from './terminal.js'
import { renderTable } from './text-table.js'

const head = ['model', 'tier', 'prompt', 'cached', 'cache write', 'completion']

const showRow = (listing: PriceListing): string[] => {
  const { model, service_tier: tier, from_prompt_tokens: from } = listing
  return [
    from === 0 ? model : `${model} from ${showCount(from)} prompt tokens`,
    tier,
    listing.input,
    listing.cached_input ?? '-',
    listing.cache_write ?? '-',
    listing.output,
  ]
}

/** Prices as a table, in USD a million tokens. */
export const renderPriceList = ({ prices, source, date }: PriceList): string[] => [
  ...renderTable([head, ...prices.map(showRow)]),
  `USD per million tokens; ${source}, ${date}`,
]

/** `promptmill estimate --list-prices [MODEL]` */
export const priceListCommand = async (
  terminal: Terminal,
  model: string | undefined,
  { prices, json }: { readonly prices: string | undefined; readonly json: boolean },
): Promise<number> => {
  const list = await listPrices(model, prices, new Date())
  const lines = json ? [JSON.stringify(list)] : renderPriceList(list)
  await terminal.out(`${lines.join('\n')}\n`)
  return 0
}
