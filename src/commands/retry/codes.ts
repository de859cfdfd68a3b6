import { PromptmillError } from '../../core/errors.js'
import { type FailureCode, failureClassOf, failureTable, isFailureCode } from '../../core/failures.js'
import { nearestName } from '../../core/nearest.js'
import { flagName } from '../../core/option-spec.js'
import type { Outcome } from '../../core/outcome.js'

const unknownCode = (code: string): PromptmillError => {
  const nearest = nearestName(code, Object.keys(failureTable))
  const hint = nearest === undefined ? 'promptmill explain lists all codes' : `Did you mean ${nearest}?`
  return new PromptmillError('bad_flag', `${flagName('only')}: there is no error code ${JSON.stringify(code)}`, {
    hint,
  })
}

/**
 * Reads `--only CODE,CODE`.
 * @returns undefined when it is not given: then all failed rows are meant
 * @throws PromptmillError `bad_flag` for a code that does not exist, with the nearest that does
 */
export const parseCodes = (only: readonly string[] | undefined): ReadonlySet<FailureCode> | undefined => {
  if (only === undefined) return undefined
  const codes = new Set<FailureCode>()
  for (const name of only.flatMap(text => text.split(',')).map(text => text.trim())) {
    if (name === '') continue
    if (!isFailureCode(name)) throw unknownCode(name)
    codes.add(name)
  }
  if (codes.size === 0) throw new PromptmillError('bad_flag', `${flagName('only')} needs an error code`)
  return codes
}

/**
 * Chooses failed rows, or those with one of the codes. An answer that is usable, and was paid for, is never sent again
 * unless its own code is named.
 */
export const chooseByCode =
  (codes: ReadonlySet<FailureCode> | undefined) =>
  ({ status, errorCode }: Outcome): boolean => {
    if (codes === undefined) return status === 'failed'
    return errorCode !== undefined && isFailureCode(errorCode) && codes.has(errorCode)
  }

/** Whether a code stands for an answer that is usable. */
export const isOfAnswer = (code: string): boolean => isFailureCode(code) && failureClassOf(code) === 'flagged'
