import { PromptmillError } from '../../core/errors.js'
import { lineAt, locateJsonFault } from '../../core/json-fault.js'
import { isObject } from '../../core/json-object.js'
import { findRepeatedKey } from '../../core/json-text.js'
import type { JsonObject, JsonValue } from '../../core/model.js'

const broken = (name: string, problem: string, hint: string): PromptmillError =>
  new PromptmillError('bad_schema', `${name}${problem}`, { hint })

/**
 * Reads the text of a JSON Schema file.
 * @param name what the file is called in messages
 * @throws PromptmillError `bad_schema`, with the line where the text stops being JSON or a key stands a second time
 */
export const parseSchema = (text: string, name: string): JsonObject => {
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    const { line = 1, column = 1, endsEarly } = locateJsonFault(text) ?? {}
    const problem = endsEarly === true ? 'the file ends too early' : 'this cannot stand there'
    throw broken(
      name,
      `, line ${line}, column ${column}: not JSON, ${problem}`,
      'A schema is a JSON file: mend it there',
    )
  }
  if (!isObject(value)) {
    throw broken(name, ': a schema must be an object', 'It begins as in {"type": "object", "properties": {…}}')
  }
  const repeated = findRepeatedKey(text)
  if (repeated !== undefined) {
    const key = JSON.stringify(repeated.key.slice(0, 80))
    throw broken(name, `, line ${lineAt(text, repeated.at)}: the key ${key} stands there twice`, 'Take one of them out')
  }
  return value
}
