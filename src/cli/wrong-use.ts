import { PromptmillError } from '../core/errors.js'
import { nearestName } from '../core/nearest.js'

const seeHelp = 'promptmill --help shows the commands, promptmill COMMAND --help its flags'

/** A command line that is none. */
export const wrongUse = (message: string): PromptmillError =>
  new PromptmillError('bad_flag', message, { hint: seeHelp })

/** A name that there is not, with the known one that is nearest. */
export const unknownName = (kind: string, name: string, known: readonly string[]): PromptmillError => {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? seeHelp : `Did you mean ${nearest}?`
  return new PromptmillError('bad_flag', `There is no ${kind} ${name}`, { hint })
}
