import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeFolder } from './drill.js'
import { byForm, createSeededRandom, say } from './form.js'
import { createWorld, type SessionEnd, type Step } from './schedule-world.js'
import { startUnsteadyEndpoint } from './unsteady-endpoint.js'

const schedules = byForm({ short: 12, long: 1000 })

const at = fc.integer({ min: 1, max: 8 })
const anyEnd: fc.Arbitrary<SessionEnd> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<SessionEnd>({ how: 'finish' }) },
  { weight: 1, arbitrary: fc.record({ how: fc.constantFrom('drain' as const, 'abandon' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      how: fc.constant('die' as const),
      at,
      by: fc.constantFrom('call' as const, 'outcome' as const),
      lost: fc.constantFrom(0, 0, 0.4, 1),
    }),
  },
)
/** Few prompts, so that many rows are equal. */
const anyInput = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 20 })
const anyStep: fc.Arbitrary<Step> = fc.record({
  edit: fc.option(anyInput, { nil: undefined, freq: 2 }),
  again: fc.boolean(),
  failing: fc.constantFrom(0, 0.2, 0.5),
  end: anyEnd,
})
const anySchedule = fc.tuple(anyInput, fc.array(anyStep, { minLength: 1, maxLength: 6 }))

const calm = { edit: undefined, failing: 0, end: { how: 'finish' } } as const

it('whatever befalls sessions, endpoint and input, nothing acknowledged is lost and nothing answered is asked again', {
  timeout: 7_200_000,
}, async () => {
  const random = createSeededRandom('schedules')
  const endpoint = await startUnsteadyEndpoint(random)
  const home = await makeFolder()
  const counts = { sessions: 0, deaths: 0, acknowledged: 0 }
  const property = fc.asyncProperty(anySchedule, async ([first, steps]) => {
    const folder = await mkdtemp(path.join(home, 'life-'))
    const world = createWorld(endpoint, folder)
    for (const [index, step] of steps.entries()) {
      await world.live(index === 0 ? { ...step, edit: first } : step)
    }
    // And in the end everything is well.
    await world.live({ ...calm, again: false })
    await world.live({ ...calm, again: true })
    await rm(folder, { recursive: true })
    counts.sessions += world.counts.sessions
    counts.deaths += world.counts.deaths
    counts.acknowledged += world.acknowledged.size
  })
  await fc.assert(property, {
    numRuns: schedules,
    seed: Math.floor(random() * 2 ** 31),
    endOnFailure: byForm({ short: true, long: false }),
  })
  expect(counts.deaths).toBeGreaterThan(0)
  say(
    `0 of ${counts.acknowledged} acknowledged answers lost in ${schedules} schedules of ${counts.sessions} sessions, ` +
      `${counts.deaths} of them killed; ${endpoint.asked.length} calls`,
  )
})
