import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLedger } from '../../src/simulator/ledger.js'

const arrival = { at: 1.4, clientRequestId: 'c-1', authorization: 'ok' } as const

const chargeOf = (promptTokens: number, cost: bigint | undefined, seen = true) => ({
  usage: {
    promptTokens,
    cachedTokens: 1,
    cacheWriteTokens: 0,
    audioPromptTokens: 0,
    completionTokens: 7,
    reasoningTokens: 2,
    audioCompletionTokens: 0,
  },
  cost,
  seen,
})

describe('createLedger', () => {
  it('sums what clients were told, to the last digit, and what they were not told apart', () => {
    const ledger = createLedger(10)
    const charges = [chargeOf(10, 1n), chargeOf(20, 10n ** 15n), chargeOf(30, undefined), chargeOf(40, 5n, false)]
    for (const charge of charges) ledger.settle(ledger.open(arrival), { state: 'answered', status: 200, charge })
    expect(ledger.totals()).toMatchObject({
      calls: 4,
      answered: 4,
      prompt_tokens: 60,
      cached_tokens: 3,
      completion_tokens: 21,
      reasoning_tokens: 6,
      cost_usd: '1.000000000000001',
      cost_unknown_calls: 1,
      charged_unseen: 1,
      cost_usd_unseen: '0.000000000000005',
    })
  })

  it('moves a charge over when the client left before it had the answer', () => {
    const ledger = createLedger(10)
    const entry = ledger.open(arrival)
    ledger.settle(entry, { state: 'answered', status: 200, charge: chargeOf(10, 3n) })
    ledger.lose(entry)
    expect(ledger.totals()).toMatchObject({
      answered: 0,
      abandoned: 1,
      prompt_tokens: 0,
      cost_usd: '0',
      charged_unseen: 1,
      cost_usd_unseen: '0.000000000000003',
    })
  })

  it('lists calls as they came, with what each was charged', () => {
    const ledger = createLedger(10)
    ledger.settle(ledger.open(arrival), { state: 'answered', status: 200, charge: chargeOf(10, undefined) })
    ledger.settle(ledger.open(arrival), { state: 'refused', status: 429 })
    ledger.open(arrival)
    expect([...ledger.calls()]).toEqual([
      {
        n: 1,
        at: 1,
        key: null,
        client_request_id: 'c-1',
        authorization: 'ok',
        status: 200,
        fault: null,
        prompt_tokens: 10,
        completion_tokens: 7,
        cost_usd: null,
        state: 'answered',
      },
      expect.objectContaining({ n: 2, status: 429, state: 'refused', cost_usd: '0', prompt_tokens: 0 }),
      expect.objectContaining({ n: 3, status: null, state: 'open' }),
    ])
  })

  it('keeps its first calls up to the bound, and counts all', () => {
    const ledger = createLedger(2)
    for (let call = 0; call < 5; call++) ledger.open(arrival)
    expect([...ledger.calls()].map(({ n }) => n)).toEqual([1, 2])
    expect(ledger.totals()).toMatchObject({ calls: 5, in_flight: 5, max_in_flight: 5 })
  })

  it('has every call in exactly one state', () => {
    const states = fc.array(fc.constantFrom('open', 'answered', 'refused', 'failed', 'abandoned', 'lost'))
    fc.assert(
      fc.property(states, ends => {
        const ledger = createLedger(100)
        for (const end of ends) {
          const entry = ledger.open(arrival)
          if (end === 'open') continue
          ledger.settle(entry, { state: end === 'lost' ? 'answered' : end, status: 200 })
          if (end === 'lost') ledger.lose(entry)
        }
        const { answered, refused, failed, abandoned, in_flight } = ledger.totals()
        expect(answered + refused + failed + abandoned + in_flight).toBe(ends.length)
        expect(in_flight).toBe(ends.filter(end => end === 'open').length)
      }),
    )
  })
})
