import type { Endpoint } from '../../send/client.js'
import { openEndpoint } from '../../send/client.js'
import type { RunSettings } from './settings.js'

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
    azureApiKey: apiKey ?? env['AZURE_OPENAI_API_KEY'],
    apiVersion: settings.apiVersion,
    organization: env['OPENAI_ORG_ID'],
    project: env['OPENAI_PROJECT_ID'],
    insecureHttp: settings.insecureHttp,
    timeoutMs: settings.timeout * 1000,
  })

/**
 * Opens the endpoint that the settings name, or starts the built-in one.
 * @throws PromptmillError `bad_key`, `bad_flag`
 */
const openRunEndpoint = async (settings: RunSettings, credentials: Credentials): Promise<RunEndpoint> => {
  if (!settings.simulate) return { endpoint: await openAt(settings, credentials), close: () => Promise.resolve() }
  // Loaded here and not at the top: it is a fifth of the program, and most runs are no rehearsals.
  const { startSimulator } = await import('../../simulator/start.js')
  const simulator = await startSimulator({ port: 0, ledgerCalls: 0 })
  const endpoint = await openAt({ ...settings, baseUrl: simulator.url }, { apiKey: 'sim-built-in', env: {} })
  return { endpoint, close: () => simulator.close() }
}

/** The endpoint is opened when it is first needed, and closed if it was. */
export const createEndpointDoor = (settings: RunSettings, credentials: Credentials) => {
  let opened: RunEndpoint | undefined
  return {
    async open(): Promise<RunEndpoint> {
      opened ??= await openRunEndpoint(settings, credentials)
      return opened
    },
    close: async (): Promise<void> => opened?.close(),
  }
}
