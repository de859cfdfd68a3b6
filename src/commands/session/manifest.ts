import path from 'node:path'
import { toolName } from '../../core/version.js'
import { readManifest, writeManifest } from '../../journal/manifest.js'
import { identitySettings } from '../plan/changed-settings.js'
import type { RunEndpoint } from './endpoint.js'
import type { Session } from './session.js'

/** What the manifest says beside the session's own facts. */
export interface ManifestNote {
  /** Whether the answers are the simulator's. */
  readonly simulated: boolean
  /** Where this session sends; without it the manifest keeps what it says. */
  readonly endpoint?: RunEndpoint | undefined
}

/** Writes the manifest of a session. The settings hold every option; the key is not among them. */
export const writeRunManifest = async (session: Session, { simulated, endpoint }: ManifestNote): Promise<void> => {
  const { job, settings, prices, ports } = session
  const { input, spooled, fingerprint } = job.source
  const { requests: _requests, judge: _judge, ...flags } = settings
  const earlier = await readManifest(job.folder)
  const now = new Date(ports.clock.wall())
  await writeManifest(
    job.folder,
    {
      simulated,
      base_url: endpoint?.endpoint.baseUrl ?? earlier?.base_url ?? settings.baseUrl,
      input: { path: path.resolve(input.path), name: input.name, spooled, ...fingerprint },
      output: job.place.file === undefined ? null : path.resolve(job.place.file),
      settings: { ...flags, promptFile: null, systemFile: null, prices: null, ...identitySettings(settings) },
      prices: { source: prices.source, date: now.toISOString().slice(0, 10) },
    },
    { tool: toolName, now, earlier },
  )
}
