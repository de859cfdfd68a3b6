import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { ModelInfo } from '@pydantic/genai-prices'
import { isObject } from '../core/json-object.js'
import { toBareModel, toUndatedModel } from './model-name.js'
import { namesOf, pricesAt, toRateCard } from './package-prices.js'
import type { PriceTable } from './price-file.js'
import type { Rates } from './rates.js'
import { withServiceTiers } from './service-tiers.js'

export interface PriceBook {
  /**
   * What a model costs at a moment; undefined when that is not known. A model is known by its full name or by that of
   * a dated snapshot, with or without `openai/` before it; never by a likeness.
   */
  rates(model: string, at: Date): Rates | undefined
  /** The models that prices are known of, by their own names. */
  readonly models: readonly string[]
  /** Where the rates come from, such as `@pydantic/genai-prices 0.1.8`. */
  readonly source: string
}

const packageName = '@pydantic/genai-prices'

/** Open weights: whoever serves them names the price, and the package has that of a reseller. */
const isOpenWeights = ({ id }: ModelInfo): boolean => id.startsWith('gpt-oss')

/** A model's own name goes before another's alias. */
const indexModels = (models: readonly ModelInfo[]): ReadonlyMap<string, ModelInfo> => {
  const byName = new Map(models.map(model => [model.id, model]))
  for (const model of models) for (const name of namesOf(model)) if (!byName.has(name)) byName.set(name, model)
  return byName
}

/** The package's version, read from its manifest: it exports none, and one written here would grow old. */
const readVersion = async (): Promise<string> => {
  const entry = createRequire(import.meta.url).resolve(packageName)
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', pathToFileURL(entry)), 'utf8'))
  const version = isObject(manifest) ? manifest['version'] : undefined
  return typeof version === 'string' ? version : ''
}

/**
 * Loads the rates of OpenAI's models that come with promptmill; about 30 ms. Other vendors' are left out: which of a
 * dozen sellers of `deepseek-v4` a base URL leads to does not show in the name of the model.
 */
export const loadPriceBook = async (): Promise<PriceBook> => {
  const [{ findProvider }, version] = await Promise.all([import('@pydantic/genai-prices'), readVersion()])
  const models = findProvider({ providerId: 'openai' })?.models ?? []
  const byName = indexModels(models.filter(model => !isOpenWeights(model)))
  return {
    rates(model, at) {
      const name = toBareModel(model)
      const info = byName.get(name) ?? byName.get(toUndatedModel(name))
      const prices = info && pricesAt(info, at)
      const card = prices && toRateCard(prices)
      return info && card && withServiceTiers(info.id, card)
    },
    models: [...new Set([...byName.values()].map(({ id }) => id))],
    source: `${packageName} ${version}`,
  }
}

/** The rates of a file before those of a book: what the file names, it names for good. */
export const withPriceFile = (book: PriceBook, table: PriceTable, name: string): PriceBook => ({
  rates(model, at) {
    const bare = toBareModel(model)
    const names = [model, bare, toUndatedModel(bare)]
    const own = names.find(known => table.has(known))
    return own === undefined ? book.rates(model, at) : table.get(own)
  },
  models: [...new Set([...table.keys(), ...book.models])],
  source: `${name} over ${book.source}`,
})
