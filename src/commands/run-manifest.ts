import path from 'node:path'
import { toolName } from '../core/version.js'
import { type Manifest, writeManifest } from '../journal/manifest.js'
import { identitySettings } from './changed-settings.js'
import type { Job } from './job.js'
import type { RunSettings } from './run-settings.js'

/** What the manifest says beside job and settings. */
export interface ManifestNote {
  readonly simulated: boolean
  readonly baseUrl: string
  readonly priceSource: string
  /** The first session's manifest, when this is a later one. */
  readonly earlier: Manifest | undefined
  readonly now: Date
}

/** Writes the manifest of a session. The settings hold every option; the key is not among them. */
export const writeRunManifest = async (job: Job, settings: RunSettings, note: ManifestNote): Promise<void> => {
  const { input, spooled, fingerprint } = job.source
  const { requests: _requests, ...flags } = settings
  await writeManifest(
    job.folder,
    {
      simulated: note.simulated,
      base_url: note.baseUrl,
      input: { path: path.resolve(input.path), name: input.name, spooled, ...fingerprint },
      output: job.place.file === undefined ? null : path.resolve(job.place.file),
      settings: { ...flags, promptFile: null, systemFile: null, ...identitySettings(settings) },
      prices: { source: note.priceSource, date: note.now.toISOString().slice(0, 10) },
    },
    { tool: toolName, now: note.now, earlier: note.earlier },
  )
}
