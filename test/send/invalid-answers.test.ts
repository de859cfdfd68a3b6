import { afterEach, describe, expect, it } from 'vitest'
import type { Judge } from '../../src/core/judge.js'
import type { FailureRecord } from '../../src/core/records.js'
import type { SendSettings } from '../../src/send/contract.js'
import { answer, completion, type Respond, refuse, startEndpoint } from './endpoint.js'
import { connect, createSending, requests } from './sending.js'
import { createVirtualClock } from './virtual-clock.js'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

const mismatch = { ok: false, code: 'schema_mismatch', message: '/a must be number' } as const

/** Takes the answer "good" alone. */
const judge: Judge = text => (text === 'good' ? { ok: true, value: {} } : mismatch)

const serve = async (respond: Respond, settings: Partial<SendSettings>, own: Judge = judge) => {
  const endpoint = await startEndpoint(respond)
  const clock = createVirtualClock()
  const { transport } = await connect(endpoint.url, { clock })
  open.push(
    () => endpoint.close(),
    () => transport.close(),
  )
  return { endpoint, ...createSending(transport, { settings, ports: { judge: own }, clock }) }
}

/** Answers with these texts, one after the other, and goes on with the last. */
const say = (...texts: readonly string[]): Respond => {
  let call = 0
  return res => answer(res, completion(texts[Math.min(call++, texts.length - 1)] ?? ''))
}

const failuresOf = (records: readonly object[]): readonly FailureRecord[] =>
  records.filter((record): record is FailureRecord => 'kind' in record && record.kind === 'failure')

describe('an answer that is not what was asked for', () => {
  it('is the last word of its row, without a record of its own, when no more are asked for', async () => {
    const { run, settled, records, endpoint } = await serve(say('bad'), { retryInvalid: 0 })
    await run(requests(1))
    expect(settled.get(0)).toMatchObject({ status: 'failed', code: 'schema_mismatch', record: 'answer' })
    expect(records('failure')).toEqual([])
    expect(endpoint.calls).toHaveLength(1)
  })

  it('is asked for again, and taken back as the row’s last word', async () => {
    const { run, ends, records, events } = await serve(say('bad', 'bad', 'good'), { retryInvalid: 2 })
    await run(requests(1))
    expect(ends()).toEqual({ answered: 1 })
    expect(failuresOf(records('failure'))).toMatchObject([
      { attempt: 1, final: false, code: 'schema_mismatch', message: '/a must be number', ambiguous: false },
      { attempt: 2, final: false },
    ])
    expect(records('answer')).toHaveLength(3)
    expect(events.filter(({ kind }) => kind === 'failure')).toHaveLength(2)
  })

  it('is asked for so often and no more', async () => {
    const { run, settled, endpoint } = await serve(say('bad'), { retryInvalid: 2 })
    await run(requests(1))
    expect(endpoint.calls).toHaveLength(3)
    expect(settled.get(0)).toMatchObject({ status: 'failed', code: 'schema_mismatch' })
  })

  it('counts as one of the sends that may be billed, of which a row has 1 + retries', async () => {
    let call = 0
    const respond: Respond = res => (call++ % 2 === 0 ? refuse(res, 500) : answer(res, completion('bad')))
    const { run, endpoint, ends } = await serve(respond, { retries: 2, retryInvalid: 2 })
    await run(requests(1))
    expect(endpoint.calls).toHaveLength(3)
    expect(ends()).toEqual({ failed: 1 })
  })

  it('is not asked for again when it was cut: it would be cut again', async () => {
    const cut = JSON.stringify({ choices: [{ message: { content: 'bad' }, finish_reason: 'length' }] })
    const { run, settled, endpoint } = await serve(res => answer(res, cut), { retryInvalid: 2 })
    await run(requests(1))
    expect(endpoint.calls).toHaveLength(1)
    expect(settled.get(0)).toMatchObject({ status: 'failed', code: 'truncated' })
  })

  it('does not use up the repeats of a run whose endpoint fails now and then', async () => {
    let call = 0
    const respond: Respond = res => (call++ % 10 === 9 ? refuse(res, 500) : answer(res, completion('bad')))
    const { run, ends, sender } = await serve(respond, { retryInvalid: 3 })
    await run(requests(200))
    expect(sender.stop).toBeUndefined()
    expect(ends()).toEqual({ failed: 200 })
  })

  it('has a failure of its own in the journal where only the program’s own check finds fault', async () => {
    const { run, settled, records } = await serve(say('bad'), { retryInvalid: 0 }, () => ({
      ...mismatch,
      ownCheck: true,
    }))
    await run(requests(1))
    expect(settled.get(0)).toMatchObject({ status: 'failed', code: 'schema_mismatch', record: 'failure' })
    expect(failuresOf(records('failure'))).toMatchObject([{ attempt: 1, final: true, message: '/a must be number' }])
  })
})
