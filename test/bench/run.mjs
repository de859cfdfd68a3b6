// Benchmarks of the built program: node test/bench/run.mjs [NAME …] [--long]
// Each measures against something in the same run, since the machine's own speed is anybody's guess: read the ratios.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { estimate } from './estimate.mjs'
import { faults } from './faults.mjs'
import { seconds } from './figures.mjs'
import { latency } from './latency.mjs'
import { memory } from './memory.mjs'
import { pacing } from './pacing.mjs'
import { promptmill } from './programs.mjs'
import { reading } from './reading.mjs'
import { resume } from './resume.mjs'
import { throughput } from './throughput.mjs'

const benches = { throughput, memory, resume, pacing, latency, faults, estimate, reading }

const { values, positionals } = parseArgs({
  options: { long: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const names = positionals.length === 0 ? Object.keys(benches) : positionals
const unknown = names.find(name => !Object.hasOwn(benches, name))
if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}, but ${Object.keys(benches).join(', ')}`)
if (!existsSync(promptmill)) throw new Error('The program is not built: npm run build')

console.log(`Node ${process.version}, ${os.availableParallelism()} cores, ${os.platform()} ${os.arch()}`)
for (const name of names) {
  // A folder of its own, on a real disk where the system's temporary folder is on one: syncs are a part of the work.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'promptmill-bench-'))
  const startedAt = performance.now()
  try {
    await benches[name]({ folder, long: values.long })
    console.log(`  (${seconds(performance.now() - startedAt)})`)
  } finally {
    await rm(folder, { recursive: true })
  }
}
