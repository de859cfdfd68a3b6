import { contextLengthExceeded, insufficientQuota } from './api-error.js'
import type { ChatRequest } from './chat-request.js'
import { mostPromptTokens } from './meters.js'
import type { Refusal } from './rate-limits.js'
import type { Session } from './session.js'

/** What a call without a token limit is charged for each choice until its length is known. */
const assumedOutput = 16

/** What a call claims of the token limit when it comes: its prompt and the most it may answer. */
export const claimOf = ({ maxTokens, n }: ChatRequest, promptTokens: number): number =>
  promptTokens + (maxTokens ?? assumedOutput) * n

/** Why a call is not let in: the account, its size, the limits. Charges the limits when it is. */
export const findRefusal = (
  request: ChatRequest,
  promptTokens: number,
  { session, quotaAfter }: { readonly session: Session; readonly quotaAfter: number | undefined },
): Refusal | undefined => {
  if (quotaAfter !== undefined && session.answers >= quotaAfter) return { error: insufficientQuota, headers: {} }
  if (promptTokens > mostPromptTokens) {
    return { error: contextLengthExceeded(mostPromptTokens, promptTokens), headers: {} }
  }
  return session.limits.admit(request.model, claimOf(request, promptTokens))
}
