import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { systemCode } from '../core/errors.js'
import { unreadableNamedFile } from '../core/unreadable.js'

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
    throw unreadableNamedFile('bad_flag', file, cause)
  }
  return { ...parseEnv(text), ...env }
}
