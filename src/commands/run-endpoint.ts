import { PromptmillError } from '../core/errors.js'
import type { Endpoint } from '../send/client.js'
import { openEndpoint } from '../send/client.js'
import { isSimulator } from '../send/probe.js'
import { startSimulator } from '../simulator/start.js'
import type { Recollection } from './recall.js'
import type { RunSettings } from './run-settings.js'

/** The endpoint of a run, with what has to be shut down after it. */
export interface RunEndpoint {
  readonly endpoint: Endpoint
  close(): Promise<void>
}

/** What an endpoint is opened with, beside the settings. */
export interface Credentials {
  readonly apiKey: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

const openAt = (settings: RunSettings, { apiKey, env }: Credentials): Promise<Endpoint> =>
  openEndpoint({
    baseUrl: settings.baseUrl,
    apiKey: apiKey ?? env['OPENAI_API_KEY'],
    organization: env['OPENAI_ORG_ID'],
    project: env['OPENAI_PROJECT_ID'],
    insecureHttp: settings.insecureHttp,
    timeoutMs: settings.timeout * 1000,
  })

/**
 * Opens the endpoint that the settings name, or starts the built-in one.
 * @throws PromptmillError `bad_key`, `bad_flag`
 */
export const openRunEndpoint = async (settings: RunSettings, credentials: Credentials): Promise<RunEndpoint> => {
  if (!settings.simulate) return { endpoint: await openAt(settings, credentials), close: () => Promise.resolve() }
  const simulator = await startSimulator({ port: 0, ledgerCalls: 0 })
  const endpoint = await openAt({ ...settings, baseUrl: simulator.url }, { apiKey: 'sim-built-in', env: {} })
  return { endpoint, close: () => simulator.close() }
}

const isLoopback = (url: string): boolean => /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i.test(url)

/** How this session stands to the answers of earlier ones. */
export type SimulationVerdict =
  | { readonly kind: 'go-on'; readonly expectSimulated: boolean | undefined }
  /** Earlier answers are the simulator's and this session is real: they must not stand for real ones. */
  | { readonly kind: 'set-aside' }

/**
 * A simulated answer never stands for a real one, nor the other way round.
 * @throws PromptmillError `bad_output` for a rehearsal on top of real answers
 */
export const decideSimulation = async (settings: RunSettings, memory: Recollection): Promise<SimulationVerdict> => {
  const { simulated } = memory
  if (settings.simulate) {
    if (simulated !== false) return { kind: 'go-on', expectSimulated: true }
    throw new PromptmillError(
      'bad_output',
      'These results hold real answers, and --simulate would mix made-up ones in',
      {
        hint: 'Rehearse into another file: give another --output',
      },
    )
  }
  if (simulated === undefined) return { kind: 'go-on', expectSimulated: undefined }
  if (!simulated) return { kind: 'go-on', expectSimulated: false }
  const still = isLoopback(settings.baseUrl) && (await isSimulator(settings.baseUrl))
  return still ? { kind: 'go-on', expectSimulated: true } : { kind: 'set-aside' }
}
