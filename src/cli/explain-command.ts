import { PromptmillError } from '../core/errors.js'
import { failureClasses, failureTable, isFailureCode } from '../core/failures.js'
import type { Terminal } from './terminal.js'

const explainOne = (code: keyof typeof failureTable): string => {
  const { class: kind, title, advice } = failureTable[code]
  return `${code}\n  what   ${title}.\n  then   ${failureClasses[kind]}.\n  do     ${advice}\n`
}

/** `promptmill explain` */
export const explainCommand = async (terminal: Terminal, code: string | undefined): Promise<number> => {
  const codes = Object.keys(failureTable).filter(isFailureCode)
  if (code === undefined) {
    await terminal.out(codes.map(explainOne).join('\n'))
    return 0
  }
  if (!isFailureCode(code)) {
    throw new PromptmillError('bad_flag', `There is no error code ${code}`, {
      hint: `Known codes: ${codes.join(', ')}`,
    })
  }
  await terminal.out(explainOne(code))
  return 0
}
