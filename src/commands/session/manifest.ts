import path from 'node:path'
import { toolName } from '../../core/version.js'
import { type Manifest, readManifest, writeManifest } from '../../journal/manifest.js'
import { identitySettings } from '../plan/changed-settings.js'
import type { RunEndpoint } from './endpoint.js'
import { imageRootsOf } from './open-drafts.js'
import type { OpenedSource } from './open-source.js'
import type { Session } from './session.js'

/** What the manifest says beside the session's own facts. */
export interface ManifestNote {
  /** Whether the answers are the simulator's. */
  readonly simulated: boolean
  /** Where this session sends; without it the manifest keeps what it says. */
  readonly endpoint?: RunEndpoint | undefined
}

/** What the manifest keeps of the input: its files with the names they were given, so that `retry` reads the very same. */
const describeInput = ({ input, spooled, fingerprints }: OpenedSource): Manifest['input'] => {
  const files = input.files.flatMap(({ path: file, name }, place) => {
    const fingerprint = fingerprints[place]
    return fingerprint === undefined ? [] : [{ path: path.resolve(file), name, ...fingerprint }]
  })
  const [first] = files
  if (first === undefined) throw new RangeError('an input without a file')
  return input.sourceColumn === undefined
    ? { ...first, name: input.name, spooled }
    : { ...first, name: input.name, spooled, files }
}

/** Writes the manifest of a session. The settings hold every option; the key is not among them. */
export const writeRunManifest = async (session: Session, { simulated, endpoint }: ManifestNote): Promise<void> => {
  const { job, settings, prices, ports } = session
  const { requests: _requests, judge: _judge, ...flags } = settings
  const own = {
    ...flags,
    promptFile: null,
    systemFile: null,
    prices: null,
    imageRoot: imageRootsOf(settings, job.source),
    ...identitySettings(settings),
  }
  const earlier = await readManifest(job.folder)
  const now = new Date(ports.clock.wall())
  await writeManifest(
    job.folder,
    {
      simulated,
      base_url: endpoint?.endpoint.baseUrl ?? earlier?.base_url ?? settings.baseUrl,
      input: describeInput(job.source),
      output: job.place.file === undefined ? null : path.resolve(job.place.file),
      // What a retry is given is for its own rows, and the run's settings stay what they are; how results are written is
      // for all rows.
      settings:
        session.retrial !== undefined && earlier !== undefined ? { ...earlier.settings, excel: settings.excel } : own,
      prices: { source: prices.source, date: now.toISOString().slice(0, 10) },
    },
    { tool: toolName, now, earlier },
  )
}
