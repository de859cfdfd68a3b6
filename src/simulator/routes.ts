/** What a path asks for. */
export type Route =
  | { readonly kind: 'chat'; readonly deployment: string | undefined }
  | { readonly kind: 'models' }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'ledger' }
  | { readonly kind: 'calls' }

const methods: Readonly<Record<Route['kind'], readonly string[]>> = {
  chat: ['POST'],
  models: ['GET'],
  model: ['GET'],
  ledger: ['GET', 'POST', 'DELETE'],
  calls: ['GET'],
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const named = /^\/(models|openai\/deployments)\/([^/]+)(\/chat\/completions)?$/

/**
 * Finds what a path asks for; undefined when there is no such thing. `/v1` before it may be left out, and Azure's two
 * forms are known: `/openai/v1/…` and `/openai/deployments/NAME/chat/completions`.
 */
export const findRoute = (url: string): Route | undefined => {
  const path = url.replace(/\?.*$/s, '').replace(/^(?:\/openai)?\/v1(?=\/)/, '')
  if (path === '/chat/completions') return { kind: 'chat', deployment: undefined }
  if (path === '/models') return { kind: 'models' }
  if (path === '/ledger') return { kind: 'ledger' }
  if (path === '/ledger/calls') return { kind: 'calls' }
  const [, folder, name = '', rest] = named.exec(path) ?? []
  if (folder === 'models' && rest === undefined) return { kind: 'model', name: decode(name) }
  if (folder === 'openai/deployments' && rest !== undefined) return { kind: 'chat', deployment: decode(name) }
  return undefined
}

export const isAllowed = (route: Route, method: string): boolean => methods[route.kind].includes(method)
