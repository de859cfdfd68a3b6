import { PromptmillError } from '../core/errors.js'
import { type FailureCode, failureClasses, failureTable, isFailureCode } from '../core/failures.js'
import { nearestName } from '../core/nearest.js'
import { isOtherCode, otherCodes } from './other-codes.js'
import type { Terminal } from './terminal.js'

const explainFailure = (code: FailureCode): string => {
  const { class: kind, title, advice } = failureTable[code]
  return `${code}\n  what   ${title}.\n  then   ${failureClasses[kind]}.\n  do     ${advice}\n`
}

const unknownCode = (code: string, known: readonly string[]): PromptmillError => {
  const nearest = nearestName(code, known)
  const hint = nearest === undefined ? `Known codes: ${known.join(', ')}` : `Did you mean ${nearest}?`
  return new PromptmillError('bad_flag', `There is no error code ${code}`, { hint })
}

const explainOne = (code: string): string => {
  if (isFailureCode(code)) return explainFailure(code)
  if (!isOtherCode(code)) throw unknownCode(code, [...Object.keys(failureTable), ...Object.keys(otherCodes)])
  const [title, advice] = otherCodes[code]
  return `${code}\n  what   ${title}.\n  do     ${advice}\n`
}

/** `promptmill explain`: one code, or all that can stand in results. */
export const explainCommand = async (terminal: Terminal, code: string | undefined): Promise<number> => {
  const codes = Object.keys(failureTable).filter(isFailureCode)
  await terminal.out(code === undefined ? codes.map(explainFailure).join('\n') : explainOne(code))
  return 0
}
