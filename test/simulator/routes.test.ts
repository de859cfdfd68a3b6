import { describe, expect, it } from 'vitest'
import { findRoute, isAllowed } from '../../src/simulator/routes.js'

describe('findRoute', () => {
  it.each([
    ['/v1/chat/completions', { kind: 'chat' }],
    ['/chat/completions', { kind: 'chat' }],
    ['/openai/v1/chat/completions?api-version=preview', { kind: 'chat' }],
    ['/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21', { kind: 'chat', deployment: 'my gpt' }],
    ['/v1/models', { kind: 'models' }],
    ['/models/gpt-4o', { kind: 'model', name: 'gpt-4o' }],
    ['/v1/models/%zz', { kind: 'model', name: '%zz' }],
    ['/ledger', { kind: 'ledger' }],
    ['/v1/ledger/calls', { kind: 'calls' }],
  ])('%s', (url, route) => {
    expect(findRoute(url)).toEqual(route)
  })

  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/completions',
    '/v1/models/a/b',
    '/openai/deployments/x',
    '/v2/chat/completions',
    '//',
  ])('knows nothing at %s', url => {
    expect(findRoute(url)).toBeUndefined()
  })
})

describe('isAllowed', () => {
  it.each([
    ['chat', ['POST']],
    ['models', ['GET']],
    ['calls', ['GET']],
    ['ledger', ['GET', 'POST', 'DELETE']],
  ] as const)('%s: %s', (kind, allowed) => {
    const route = kind === 'chat' ? { kind, deployment: undefined } : { kind }
    expect(['GET', 'POST', 'PUT', 'DELETE'].filter(method => isAllowed(route, method)).sort()).toEqual(
      [...allowed].sort(),
    )
  })
})
