import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { PromptmillError, systemCode } from '../core/errors.js'

/**
 * The environment with a `.env` file of the working folder beneath it: the real environment wins.
 * @throws PromptmillError `bad_flag` when the file is there and cannot be read
 */
export const readEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
  file = '.env',
): Record<string, string | undefined> => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return { ...env }
    throw new PromptmillError('bad_flag', `${file} cannot be read (${systemCode(cause) ?? 'unknown reason'})`, {
      cause,
    })
  }
  return { ...parseEnv(text), ...env }
}
