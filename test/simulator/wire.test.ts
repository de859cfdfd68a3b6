import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { judgeKey, readBody } from '../../src/simulator/wire.js'

/** What `readBody` hands over, each time it does. */
const read = async (chunks: readonly Buffer[], most: number, headers: Record<string, string> = {}) => {
  const told: (string | undefined)[] = []
  const stream = Object.assign(Readable.from(chunks), { headers })
  readBody(stream, most, body => told.push(body))
  await new Promise(resolve => stream.once('end', resolve))
  return told
}

describe('readBody', () => {
  it('puts a body together, with characters that were cut in two', async () => {
    const bytes = Buffer.from('{"a":"你好"}')
    for (let at = 0; at <= bytes.length; at++) {
      expect(await read([bytes.subarray(0, at), bytes.subarray(at)], 100)).toEqual(['{"a":"你好"}'])
    }
  })

  it('hands over an empty body', async () => {
    expect(await read([], 100)).toEqual([''])
  })

  it('takes a body that is just not too large', async () => {
    expect(await read([Buffer.from('12345'), Buffer.from('67890')], 10)).toEqual(['1234567890'])
  })

  it('says once that a body is too large', async () => {
    expect(await read([Buffer.from('12345'), Buffer.from('678901'), Buffer.from('2')], 10)).toEqual([undefined])
    expect(await read([Buffer.from('12345678901')], 10, { 'content-length': '11' })).toEqual([undefined])
  })
})

describe('judgeKey', () => {
  it.each([
    [{}, 'missing'],
    [{ authorization: '' }, 'missing'],
    [{ authorization: 'Bearer sim-x' }, 'ok'],
    [{ 'api-key': 'sim-x' }, 'ok'],
    [{ authorization: 'Bearer wrong' }, 'wrong'],
    [{ authorization: 'Basic c2lt' }, 'wrong'],
  ])('%o: %s', (headers, verdict) => {
    expect(judgeKey(headers)).toBe(verdict)
  })
})
