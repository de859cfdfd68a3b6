import { nearestName } from '../core/nearest.js'
import type { PriceBook } from './price-book.js'

/** Shorter names are near to one another whatever they mean. */
const shortestGuessed = 5

/** A model whose price is not known, by its name, with the one that was probably meant: `gpt4o (did you mean gpt-4o?)`. */
export const showUnpriced = (model: string, { models }: Pick<PriceBook, 'models'>): string => {
  const nearest = model.length < shortestGuessed ? undefined : nearestName(model, models)
  // A model may have a price, but none for what is asked of it.
  return nearest === undefined || nearest === model ? model : `${model} (did you mean ${nearest}?)`
}
