import type { JsonObject } from '../../core/model.js'
import { checkLimits } from './strict-limits.js'
import { checkNode, type SchemaFault } from './strict-rules.js'
import { walkSchema } from './walk.js'

/**
 * Everything in a schema that strict mode does not take, in the order of the schema; nothing when it takes it. Found
 * before a request is sent, since the endpoint tells of one fault at a time.
 */
export const findStrictFaults = (schema: JsonObject): readonly SchemaFault[] => {
  const nodes = walkSchema(schema)
  return [...nodes.flatMap(node => checkNode(node, schema)), ...checkLimits(nodes)]
}
