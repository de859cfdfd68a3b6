import { expect, it } from 'vitest'
import { makeDrill } from './drill.js'
import { startHeldEndpoint } from './held-endpoint.js'
import { expectResults } from './invariants.js'
import { shortAnswer } from './short-answers.js'

it('P11: a second run on the same output refuses and names the first, which goes on', async () => {
  const drill = await makeDrill(10)
  const endpoint = await startHeldEndpoint(1)
  const first = drill.start(endpoint.url)
  await endpoint.reached(2)
  const second = await drill.run(endpoint.url)
  expect(second.status, second.stderr).toBe(2)
  expect(second.stderr).toMatch(new RegExp(`\\(pid ${first.pid}, started \\d\\d:\\d\\d:\\d\\d\\)`))
  endpoint.release()
  expect(await first.ended).toEqual({ status: 0, signal: null })
  expect(endpoint.ledger().calls).toBe(10)
  await expectResults(
    drill,
    drill.input.map(row => shortAnswer(row['prompt'] ?? '')),
  )
})
