import type { DemandGroup } from '../../pricing/demand.js'
import { type createSharedPrefixes, readSharedMessages, toCacheable } from '../../pricing/shared-prefix.js'
import { loadTokenCounter } from '../../pricing/tokens.js'

/** Counts what the requests of each model share at their beginning, and notes it in their groups. */
export const measurePrefixes = async (
  groups: readonly DemandGroup[],
  { prefixOf }: ReturnType<typeof createSharedPrefixes>,
): Promise<void> => {
  for (const group of groups) {
    if (group.cacheableRequests < 2) continue
    const shared = readSharedMessages(prefixOf(group.model))
    const counter = await loadTokenCounter(group.model)
    group.sharedTokens = toCacheable(counter.countPrompt(shared))
  }
}
