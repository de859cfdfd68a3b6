import { onTestFinished } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/start.js'
import { type EndpointCall, readCall } from './endpoint.js'

/** The simulator in the test's own process: it can be scripted, and its ledger is at hand. */
export interface LocalEndpoint extends Simulator {
  /** The calls one by one, each with its row. */
  rowCalls(): EndpointCall[]
}

export const startLocalEndpoint = async (...[options, hooks]: Parameters<typeof startSimulator>) => {
  const simulator = await startSimulator({ port: 0, latencyMs: 0, ...options }, hooks)
  onTestFinished(() => simulator.close())
  return { ...simulator, rowCalls: () => simulator.calls().map(readCall) } satisfies LocalEndpoint
}
