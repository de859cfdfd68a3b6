import { unknownModel } from './api-error.js'

/** What `/models` lists. Any other model is served too, unless its name begins with `no-such`. */
const listed = [
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-4.1',
  'gpt-4.1-mini',
  'o4-mini',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5.4',
  'gpt-5.4-mini',
] as const

const toModel = (id: string) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'simulator' })

/** The body of `GET /models`. */
export const listModels = (): string => JSON.stringify({ object: 'list', data: listed.map(toModel) })

/** The body of `GET /models/NAME`, or the error when there is no such model. */
export const describeModel = (name: string) =>
  name.startsWith('no-such')
    ? ({ ok: false, error: unknownModel(name) } as const)
    : ({ ok: true, body: JSON.stringify(toModel(name)) } as const)
