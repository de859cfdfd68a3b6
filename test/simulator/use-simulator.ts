import { afterEach } from 'vitest'
import type { SimulatorOptions } from '../../src/simulator/options.js'
import { type Simulator, type SimulatorHooks, startSimulator } from '../../src/simulator/start.js'

/** Returns what starts simulators, on any free port and without latency; each is closed after its test. */
export const useSimulator = () => {
  const open: Simulator[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map(simulator => simulator.close()))
  })
  return async (options: SimulatorOptions = {}, hooks: SimulatorHooks = {}): Promise<Simulator> => {
    const simulator = await startSimulator({ port: 0, latencyMs: 0, ...options }, hooks)
    open.push(simulator)
    return simulator
  }
}
