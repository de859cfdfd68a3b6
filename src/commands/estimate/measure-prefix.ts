import type { JsonObject } from '../../core/model.js'
import type { DemandGroup } from '../../pricing/demand.js'
import { type createSharedPrefixes, readSharedMessages, toCacheable } from '../../pricing/shared-prefix.js'
import { loadTokenCounter } from '../../pricing/tokens.js'
import { type AnswerForm, writeResponseFormat } from '../../prompt/answer-form.js'

/** A schema is shown to the model before all messages, and is cached with them (OpenAI guide "Prompt caching", "Structured outputs"). */
const schemaBefore = (answers: AnswerForm | undefined): JsonObject =>
  answers?.kind === 'schema' ? { response_format: JSON.parse(writeResponseFormat(answers)) as JsonObject } : {}

/** Counts what the requests of each model share at their beginning, and notes it in their groups. */
export const measurePrefixes = async (
  groups: readonly DemandGroup[],
  { prefixOf }: ReturnType<typeof createSharedPrefixes>,
  answers: AnswerForm | undefined,
): Promise<void> => {
  const schema = schemaBefore(answers)
  for (const group of groups) {
    if (group.cacheableRequests < 2) continue
    const shared = { ...schema, ...readSharedMessages(prefixOf(group.model)) }
    const counter = await loadTokenCounter(group.model)
    group.sharedTokens = toCacheable(counter.countPrompt(shared))
  }
}
