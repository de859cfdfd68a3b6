import { PromptmillError } from '../core/errors.js'
import { meantName } from '../core/meant-name.js'

const seeHelp = 'promptmill --help shows the commands, promptmill COMMAND --help its flags'

/** A command line that is none. */
export const wrongUse = (message: string): PromptmillError =>
  new PromptmillError('bad_flag', message, { hint: seeHelp })

/** A name that there is not, with the known one that is nearest. */
export const unknownName = (kind: string, name: string, known: readonly string[]): PromptmillError => {
  const meant = meantName(name, known)
  const hint = meant === undefined ? seeHelp : `Did you mean ${meant}?`
  return new PromptmillError('bad_flag', `There is no ${kind} ${name}`, { hint })
}
