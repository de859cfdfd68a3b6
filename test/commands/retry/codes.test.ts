import { describe, expect, it } from 'vitest'
import { chooseByCode, parseCodes } from '../../../src/commands/retry/codes.js'
import { type Outcome, pendingOutcome } from '../../../src/core/outcome.js'

const outcome = (status: Outcome['status'], errorCode?: string): Outcome => ({
  ...pendingOutcome(1),
  status,
  errorCode,
})

describe('parseCodes', () => {
  it.each([
    [undefined, undefined],
    [['timeout'], ['timeout']],
    [
      ['timeout,server_error', ' truncated '],
      ['timeout', 'server_error', 'truncated'],
    ],
    [['timeout,,timeout'], ['timeout']],
  ])('reads %j', (only, codes) => {
    const read = parseCodes(only)
    expect(read && [...read]).toEqual(codes)
  })

  it.each([
    ['truncatd', 'Did you mean truncated?'],
    ['time_out', 'Did you mean timeout?'],
    ['xyzzy', 'promptmill explain lists all codes'],
  ])('refuses %s, with the nearest name', (code, hint) => {
    expect(() => parseCodes([code])).toThrow(expect.objectContaining({ code: 'bad_flag', exitCode: 2, hint }))
  })

  it('refuses nothing at all', () => {
    expect(() => parseCodes([','])).toThrow('--only needs an error code')
  })
})

describe('chooseByCode', () => {
  const all = {
    answered: outcome('ok'),
    cut: outcome('ok', 'truncated'),
    refusal: outcome('ok', 'refused'),
    late: outcome('failed', 'timeout'),
    broken: outcome('failed', 'server_error'),
  }
  it.each([
    [undefined, ['late', 'broken']],
    [['timeout'], ['late']],
    [['truncated'], ['cut']],
    [
      ['refused', 'server_error'],
      ['refusal', 'broken'],
    ],
    [['rate_limited'], []],
  ])('chooses by %j, and never an answer that is not named', (only, names) => {
    const choose = chooseByCode(parseCodes(only))
    const chosen = Object.entries(all).filter(([, each]) => choose(each))
    expect(chosen.map(([name]) => name)).toEqual(names)
  })
})
