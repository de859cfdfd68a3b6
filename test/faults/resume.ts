import { type RunResult, run } from '../../src/commands/run.js'
import type { RunOptions } from '../../src/commands/session/settings.js'
import { systemClock } from '../../src/core/clock.js'
import { key } from '../secrets/canary.js'
import type { Drill } from './drill.js'
import { model } from './endpoint.js'

/** Goes on with a drill's run inside this process, which is faster than a process of its own. */
export const resumeHere = (drill: Drill, baseUrl: string, options: Partial<RunOptions> = {}): Promise<RunResult> =>
  run(
    { input: drill.inputFile, output: drill.results, model, baseUrl, concurrency: 1, ...options },
    {
      env: { OPENAI_API_KEY: key },
      clock: systemClock,
      random: Math.random,
      out: () => Promise.resolve(true),
    },
  )
