import { PromptmillError } from '../../core/errors.js'
import { pointerStep } from '../../core/json-pointer.js'
import type { Judge } from '../../core/judge.js'
import { mismatch } from './judge.js'
import type { StandardIssue, StandardResult, StandardSchema } from './standard.js'

const pointerOf = ({ path = [] }: StandardIssue): string =>
  path.map(part => pointerStep(String(typeof part === 'object' ? part.key : part))).join('')

const mustBeSync = (): PromptmillError =>
  new PromptmillError('bad_schema', 'The schema checks asynchronously, and answers are checked at once', {
    hint: 'Leave asynchronous checks and transformations out of the schema',
  })

/** What the library's own check says, at once. @throws PromptmillError `bad_schema` when it takes its time */
const checkNow = (schema: StandardSchema, value: unknown): StandardResult<unknown> => {
  const result = schema['~standard'].validate(value)
  if (!(result instanceof Promise)) return result
  // What becomes of it is nobody's business.
  result.catch(() => undefined)
  throw mustBeSync()
}

/** Judges what a JSON Schema has found right by the library's own check as well, and gives the value that this makes of it. */
export const withOwnCheck =
  (judge: Judge, schema: StandardSchema): Judge =>
  text => {
    const verdict = judge(text)
    if (!verdict.ok) return verdict
    const result = checkNow(schema, verdict.value)
    if (result.issues === undefined) return { ok: true, value: result.value }
    const [issue] = result.issues
    const place = issue === undefined ? '' : pointerOf(issue)
    const message = `${place === '' ? 'The answer' : place}: ${issue?.message ?? 'breaks the schema'}`
    return { ...mismatch(message), ownCheck: true }
  }

/** Finds a check that is asynchronous before anything is sent, as far as an empty object tells. @throws PromptmillError `bad_schema` */
export const checkSync = (schema: StandardSchema): void => {
  checkNow(schema, {})
}
