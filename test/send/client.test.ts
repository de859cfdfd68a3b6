import { assert, property, string } from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { PromptmillError } from '../../src/core/errors.js'
import { isLoopback, parseBaseUrl } from '../../src/send/base-url.js'
import { type EndpointSettings, openEndpoint } from '../../src/send/client.js'
import { checkKey } from '../../src/send/key.js'
import { createScrub } from '../../src/send/scrub.js'
import { requestFor, testKey } from './sending.js'

const settings: EndpointSettings = {
  baseUrl: 'https://api.openai.com/v1',
  apiKey: testKey,
  organization: undefined,
  project: undefined,
  insecureHttp: false,
  timeoutMs: 1000,
}

const caught = (call: () => unknown): PromptmillError => {
  try {
    call()
  } catch (error) {
    if (error instanceof PromptmillError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('checkKey', () => {
  it.each([
    ['empty', ''],
    ['only blanks', ' \n'],
    ['an inner line break', 'sk-CANARY\nkey'],
    ['an inner blank', 'sk-CANARY key'],
    ['quotes', '"sk-CANARY"'],
    ['an apostrophe', "sk-CANARY'"],
    ['a letter that is not Latin', 'sk-CANARYж'],
    ['a full-width letter', 'sk-CANARYＡ'],
    ['a control character', 'sk-CANARY\u0000'],
    ['a zero-width space', 'sk-CANARY\u200Bkey'],
  ])('C5: refuses a key that is or has %s, and does not tell it', (_title, key) => {
    const error = caught(() => checkKey(key))
    expect(error.code).toBe('bad_key')
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain('CANARY')
  })

  it('takes white space around it as copied along', () => {
    expect(checkKey(' sk-good_KEY-123\r\n')).toBe('sk-good_KEY-123')
  })
})

describe('parseBaseUrl', () => {
  it.each([
    ['no scheme', 'api.openai.com/v1'],
    ['a third slash in place of a host', 'https:///v1'],
    ['a backslash in place of a host', 'https://\\v1'],
    ['another scheme', 'ftp://api.openai.com/v1'],
    ['a host and port alone', 'localhost:8080/v1'],
    ['no host', 'https://'],
    ['nothing', ''],
    ['a user and password', 'https://user:CANARY@host/v1'],
    ['a password alone', 'https://:CANARY@host/v1'],
    ['a query', 'https://host/v1?key=CANARY'],
    ['a fragment', 'https://host/v1#CANARY'],
    ['the path of one operation', 'https://host/v1/chat/completions'],
    ['plain http to another machine', 'http://example.com/v1'],
    ['plain http to a name that only begins like this machine', 'http://localhost.example.com/v1'],
    ['plain http to a network address', 'http://10.127.0.1/v1'],
  ])('C8: refuses %s, and tells no password', (_title, url) => {
    const error = caught(() => parseBaseUrl(url, { insecureHttp: false }))
    expect(error.code).toBe('bad_flag')
    expect(error.message).toContain('--base-url')
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain('CANARY')
  })

  it.each([
    ['https://api.openai.com/v1', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1'],
    [' https://host:8443 ', 'https://host:8443/'],
    ['http://127.0.0.1:9/v1', 'http://127.0.0.1:9/v1'],
    ['http://[::1]:9/v1', 'http://[::1]:9/v1'],
    ['http://localhost/openai/v1//', 'http://localhost/openai/v1'],
  ])('takes %j', (url, href) => {
    expect(parseBaseUrl(url, { insecureHttp: false }).href).toBe(href)
  })

  it('takes plain http to another machine when told to', () => {
    expect(parseBaseUrl('http://gpu.lan:8000/v1', { insecureHttp: true }).host).toBe('gpu.lan:8000')
  })

  it.each([
    ['http://127.8.9.1', true],
    ['http://sub.localhost', true],
    ['http://127.0.0.1.example.com', false],
    ['http://0.0.0.0', false],
  ])('knows whether %s is this machine', (url, loopback) => {
    expect(isLoopback(new URL(url))).toBe(loopback)
  })
})

describe('createScrub', () => {
  const key = 'sk-test/CANARY+0123456789=='
  const scrub = createScrub([key])
  const base64 = (text: string): string => Buffer.from(text).toString('base64')

  it.each([
    ['as it is', `bad key ${key}.`],
    ['in a header', `Bearer ${key}`],
    ['URL-encoded', `https://x/?key=${encodeURIComponent(key)}`],
    ['URL-encoded in lower case', `?key=${encodeURIComponent(key).replaceAll(/%../g, code => code.toLowerCase())}`],
    ['escaped for JSON', JSON.stringify({ key }).replaceAll('/', '\\/')],
    ['in base64', base64(key)],
    ['in base64 behind one byte', base64(`x${key}y`)],
    ['in base64 behind a user name', base64(`me:${key}`)],
    ['in base64 of a header', base64(`Bearer ${key}`)],
    ['in base64 for URLs', Buffer.from(`Bearer ${key}`).toString('base64url')],
    ['twice', `${key} ${key}`],
  ])('C6: takes the key out %s', (_title, text) => {
    const clean = scrub(text)
    expect(clean).toContain('[key]')
    expect(clean).not.toContain('CANARY')
    expect(Buffer.from(clean, 'base64').toString()).not.toContain('CANARY')
  })

  it('leaves a text without the key as it is', () => {
    assert(
      property(string(), text => {
        expect(scrub(text)).toBe(text)
      }),
    )
  })

  it('C12: is linear on a huge text', () => {
    const huge = `${'x'.repeat(20_000_000)}${key}`
    expect(scrub(huge)).toHaveLength(20_000_000 + '[key]'.length)
  })

  it('has nothing to take out without a key', () => {
    expect(createScrub([])('text')).toBe('text')
  })
})

describe('openEndpoint', () => {
  it('prepares address and headers once, by the SDK', async () => {
    const endpoint = await openEndpoint({ ...settings, organization: 'org-1', project: 'proj-1' })
    const target = endpoint.target(requestFor(0))
    expect(endpoint.target(requestFor(1))).toBe(target)
    const { path, headers } = await target
    const pairs = Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])))
    expect(path).toBe('/v1/chat/completions')
    expect(pairs).toMatchObject({
      accept: 'application/json',
      authorization: `Bearer ${testKey}`,
      'content-type': 'application/json',
      'openai-organization': 'org-1',
      'openai-project': 'proj-1',
    })
    expect(Object.keys(pairs).filter(name => name.startsWith('x-stainless'))).toEqual([])
    expect(endpoint).toMatchObject({ origin: 'https://api.openai.com', baseUrl: 'https://api.openai.com/v1' })
  })

  it('knows the address of other operations', async () => {
    const endpoint = await openEndpoint({ ...settings, baseUrl: 'https://host/base/v1' })
    expect(await endpoint.target(requestFor(0, { path: '/responses' }))).toMatchObject({ path: '/base/v1/responses' })
  })

  it.each([[undefined], [''], ['  ']])('needs a key for another machine: %j', async apiKey => {
    await expect(openEndpoint({ ...settings, apiKey })).rejects.toMatchObject({ code: 'bad_key' })
  })

  it('needs no key for this machine, and sends none', async () => {
    const endpoint = await openEndpoint({ ...settings, baseUrl: 'http://localhost:1/v1', apiKey: undefined })
    expect((await endpoint.target(requestFor(0))).headers).not.toContain('authorization')
  })

  it('tells neither key nor header when a header cannot be sent', async () => {
    const opened = openEndpoint({ ...settings, organization: 'org\nCANARY' })
    await expect(opened).rejects.toMatchObject({ code: 'bad_flag', message: expect.not.stringContaining('CANARY') })
  })

  describe('with headers from the environment', () => {
    afterEach(() => {
      delete process.env['OPENAI_CUSTOM_HEADERS']
    })

    it('scrubs what authenticates there, too', async () => {
      process.env['OPENAI_CUSTOM_HEADERS'] = 'api-key: gateway-secret-1'
      const endpoint = await openEndpoint(settings)
      expect(endpoint.scrub(`gateway-secret-1 ${testKey}`)).toBe('[key] [key]')
    })
  })
})
