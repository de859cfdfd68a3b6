import { describe, expect, it } from 'vitest'
import { type EndpointSettings, openEndpoint } from '../../src/send/client.js'
import { createTransport } from '../../src/send/transport.js'
import { answer, startEndpoint } from './endpoint.js'
import { requestFor, testKey } from './sending.js'
import { createVirtualClock } from './virtual-clock.js'

const azureKey = 'azure-CANARY-key-0123456789'
const version = '2024-10-21'

const settings: EndpointSettings = {
  baseUrl: 'https://my-resource.openai.azure.com',
  apiKey: testKey,
  azureApiKey: azureKey,
  apiVersion: version,
  organization: 'org-1',
  project: 'proj-1',
  insecureHttp: false,
  timeoutMs: 1000,
}

/** Where a request for the model `gpt-4o` goes, and with which headers. */
const prepare = async (changes: Partial<EndpointSettings>, model = 'gpt-4o') => {
  const endpoint = await openEndpoint({ ...settings, ...changes })
  const { path, headers } = await endpoint.target(requestFor(0, { model }))
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]] as const] : []))
  return { endpoint, path, headers: Object.fromEntries(pairs) }
}

const byModel = `/openai/deployments/gpt-4o/chat/completions?api-version=${version}`

describe('an Azure base URL', () => {
  it.each([
    ['the resource', 'https://r.openai.azure.com', byModel],
    ['the resource with a slash', 'https://r.openai.azure.com/', byModel],
    ['the resource with /openai', 'https://r.openai.azure.com/openai/', byModel],
    ['the resource with /openai/deployments', 'https://r.openai.azure.com/openai/deployments', byModel],
    ['the resource under another of its names', 'https://r.cognitiveservices.azure.com', byModel],
    ['the resource of a sovereign cloud', 'https://r.openai.azure.us', byModel],
    [
      'one deployment, whatever the model',
      'https://r.openai.azure.com/openai/deployments/my-4o',
      `/openai/deployments/my-4o/chat/completions?api-version=${version}`,
    ],
    [
      'a deployment behind a gateway',
      'https://gateway.example/ai/openai/deployments/my-4o/',
      `/ai/openai/deployments/my-4o/chat/completions?api-version=${version}`,
    ],
    [
      'the deployments behind a gateway',
      'https://gateway.example/ai/openai/deployments',
      `/ai/openai/deployments/gpt-4o/chat/completions?api-version=${version}`,
    ],
    ['the newer form', 'https://r.openai.azure.com/openai/v1/', `/openai/v1/chat/completions?api-version=${version}`],
    [
      'a deployment on this machine',
      'http://127.0.0.1:9/openai/deployments/d',
      `/openai/deployments/d/chat/completions?api-version=${version}`,
    ],
  ])('may be %s', async (_title, baseUrl, address) => {
    const { endpoint, path, headers } = await prepare({ baseUrl })
    expect(path).toBe(address)
    expect(endpoint.origin).toBe(new URL(baseUrl).origin)
    expect(endpoint.baseUrl).toBe(baseUrl.replace(/\/$/, ''))
    expect(headers).toMatchObject({ 'api-key': azureKey, 'content-type': 'application/json' })
    expect(Object.keys(headers)).not.toContain('authorization')
    expect(Object.keys(headers).filter(name => name.startsWith('openai-'))).toEqual([])
  })

  it('needs no version in its newer form, and sends none then', async () => {
    const { path } = await prepare({ baseUrl: 'https://r.openai.azure.com/openai/v1', apiVersion: undefined })
    expect(path).toBe('/openai/v1/chat/completions')
  })

  it.each([
    ['https://r.openai.azure.com'],
    ['https://r.openai.azure.com/openai/deployments/d'],
    ['http://127.0.0.1:9/openai/deployments/d'],
  ])('says that %s needs a version', async baseUrl => {
    await expect(openEndpoint({ ...settings, baseUrl, apiVersion: undefined })).rejects.toMatchObject({
      code: 'bad_flag',
      message: expect.stringContaining('--api-version'),
      hint: expect.stringContaining('OPENAI_API_VERSION'),
    })
  })

  it.each([
    ['https://api.openai.com/v1'],
    ['https://openai.azure.com.example/v1'],
    ['https://example.com/openai/v1'],
    ['http://127.0.0.1:9/openai/v1'],
  ])('is not %s: that gets its own key, and no version', async baseUrl => {
    const { path, headers } = await prepare({ baseUrl })
    expect(path).not.toContain('api-version')
    expect(headers).toMatchObject({ authorization: `Bearer ${testKey}` })
    expect(JSON.stringify(headers)).not.toContain(azureKey)
  })

  it('tells where the version belongs that came with the address', async () => {
    const baseUrl = `https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=${version}`
    await expect(openEndpoint({ ...settings, baseUrl })).rejects.toMatchObject({
      code: 'bad_flag',
      hint: expect.stringContaining('--api-version'),
    })
  })
})

describe('a model that names a deployment', () => {
  it.each([
    ['a blank', 'my model', 'my%20model'],
    ['a slash', '../../models', '..%2F..%2Fmodels'],
    ['a question mark', 'a?api-version=1', 'a%3Fapi-version%3D1'],
    ['other letters', '模型', encodeURIComponent('模型')],
  ])('is encoded: %s', async (_title, model, encoded) => {
    const { path } = await prepare({}, model)
    expect(path).toBe(`/openai/deployments/${encoded}/chat/completions?api-version=${version}`)
  })

  it('is prepared once', async () => {
    const { endpoint } = await prepare({})
    const target = endpoint.target(requestFor(1, { model: 'gpt-4o' }))
    expect(target).not.toBeInstanceOf(Promise)
    expect(endpoint.target(requestFor(2, { model: 'gpt-4o' }))).toBe(target)
    expect(await endpoint.target(requestFor(3, { model: 'other' }))).not.toEqual(target)
  })

  it.each([['.'], ['..']])('fails its row without being sent when it is %j', async model => {
    await using server = await startEndpoint(res => answer(res))
    const endpoint = await openEndpoint({ ...settings, baseUrl: `${server.origin}/openai/deployments` })
    const options = { clock: createVirtualClock(), connections: 1, timeoutMs: 1000, env: {} }
    const transport = createTransport(endpoint, options)
    expect(await transport.send(requestFor(0, { model }), 'a-1')).toMatchObject({ code: 'bad_target', sent: false })
    expect(server.calls).toEqual([])
    await transport.close()
  })
})

describe("Azure's key", () => {
  it('may be that of OpenAI where there is no other', async () => {
    const { headers } = await prepare({ azureApiKey: ' ' })
    expect(headers).toMatchObject({ 'api-key': testKey })
  })

  it('is missed by its own name', async () => {
    await expect(openEndpoint({ ...settings, apiKey: undefined, azureApiKey: undefined })).rejects.toMatchObject({
      code: 'bad_key',
      hint: expect.stringContaining('AZURE_OPENAI_API_KEY'),
    })
  })

  it.each([
    ['a line break', 'azure-CANARY\nkey'],
    ['a blank', 'azure-CANARY key'],
    ['quotes', '"azure-CANARY"'],
  ])('C5: is refused with %s, by its own name and without being told', async (_title, key) => {
    const error: unknown = await openEndpoint({ ...settings, azureApiKey: key }).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'bad_key', hint: expect.stringContaining('AZURE_OPENAI_API_KEY') })
    expect(JSON.stringify(error) + String(error)).not.toContain('CANARY')
  })

  it('C6: is scrubbed', async () => {
    const { endpoint } = await prepare({})
    const base64 = Buffer.from(`key: ${azureKey}`).toString('base64')
    expect(endpoint.scrub(`bad key ${azureKey}`)).toBe('bad key [key]')
    expect(Buffer.from(endpoint.scrub(base64), 'base64').toString()).not.toContain('CANARY')
  })

  it('is not needed on this machine, and none is sent', async () => {
    const baseUrl = 'http://localhost:1/openai/deployments/d'
    const { headers } = await prepare({ baseUrl, apiKey: undefined, azureApiKey: undefined })
    expect(Object.keys(headers)).not.toContain('api-key')
    expect(Object.keys(headers)).not.toContain('authorization')
  })
})
