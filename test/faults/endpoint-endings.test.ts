import { describe, expect, it } from 'vitest'
import { makeDrill } from './drill.js'
import { askAll } from './endpoint.js'
import { say } from './form.js'
import { expectResults } from './invariants.js'
import { startLocalEndpoint } from './local-endpoint.js'
import { resumeHere } from './resume.js'

const concurrency = 16
const flags = ['--concurrency', String(concurrency)]

describe('an endpoint that ends the run', () => {
  it('S6: a wrong key costs one call, and every row stays pending', async () => {
    const drill = await makeDrill(50)
    const endpoint = await startLocalEndpoint({ requireKey: true })
    const { status, stderr } = await drill.run(endpoint.url, { flags, env: { OPENAI_API_KEY: 'wrong-key-0123456789' } })
    expect(status, stderr).toBe(1)
    expect(endpoint.ledger().calls).toBe(1)
    expect((await drill.readResults()).map(row => row['status'])).toEqual(drill.input.map(() => 'pending'))
    expect(stderr).toMatch(/^resume with: /m)
    expect(stderr).not.toContain('0123456789')

    await resumeHere(drill, endpoint.url, { concurrency })
    expect(endpoint.ledger()).toMatchObject({ calls: 51, answered: 50 })
    await expectResults(drill, await askAll(endpoint.url, drill.input))
  })

  it('S4: an empty account costs no more calls than were in flight, and the rest goes on later', async () => {
    const [rows, answered] = [400, 200]
    const drill = await makeDrill(rows)
    const empty = await startLocalEndpoint({ quotaAfter: answered, latencyMs: 10 })
    const { status, stderr } = await drill.run(empty.url, { flags })
    expect(status, stderr).toBe(1)
    const { calls } = empty.ledger()
    expect(calls - answered).toBeLessThanOrEqual(concurrency)
    const counts = (await drill.status()).rows
    expect(counts).toEqual({ total: rows, ok: answered, failed: 0, pending: rows - answered })

    const filled = await startLocalEndpoint()
    await resumeHere(drill, filled.url, { concurrency })
    expect(filled.ledger().calls).toBe(rows - answered)
    await expectResults(drill, await askAll(filled.url, drill.input))
    say(`S4: ${calls - answered} calls more on an empty account, ${concurrency} were in flight at most`)
  })

  it('S9: answers every row although a fifth of all calls fails, in five ways', { timeout: 120_000 }, async () => {
    const rows = 300
    const drill = await makeDrill(rows)
    const share = 0.04
    const endpoint = await startLocalEndpoint({
      latencyMs: 5,
      fault500: share,
      fault503: share,
      faultReset: share,
      faultCut: share,
      faultHtml: share,
    })
    const { status, stderr } = await drill.run(endpoint.url, { flags })
    expect(status, stderr).toBe(0)
    const { calls, failed } = endpoint.ledger()
    expect((await drill.readResults()).map(row => row['status'])).toEqual(drill.input.map(() => 'ok'))
    expect(failed / calls).toBeGreaterThan(0.15)
    expect(calls / rows).toBeLessThanOrEqual(1.35)
    say(`${failed} of ${calls} calls failed in five ways: ${(calls / rows).toFixed(3)} sends a row, every row answered`)
  })
})
