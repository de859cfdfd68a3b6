import { PromptmillError } from '../../core/errors.js'
import type { JsonObject } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import { identityFlags } from '../../core/options.js'
import type { Manifest } from '../../journal/manifest.js'
import type { RunSettings } from '../session/settings.js'
import type { Plan } from './plan.js'
import type { Recollection } from './recall.js'

/** The schema in the form in which it is compared: equal ones are written alike. */
const schemaOf = ({ requests: { answers } }: RunSettings): JsonObject | null =>
  answers?.kind === 'schema' ? (JSON.parse(answers.canonical) as JsonObject) : null

/** The settings that make up every row's identity, templates and schema as they are, as the manifest keeps them. */
export const identitySettings = (settings: RunSettings): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(identityFlags.map(key => [key, settings[key] ?? null])),
  prompt: settings.requests.prompt?.source ?? null,
  system: settings.requests.system?.source ?? null,
  schema: schemaOf(settings),
})

/** A flag that is not given, and one that the earlier version did not know, say the same. */
const toText = (value: unknown): string => JSON.stringify(value === undefined || value === false ? null : value)

const changedFlags = (settings: RunSettings, earlier: Manifest): string[] => {
  const now = identitySettings(settings)
  return identityFlags.filter(key => toText(now[key]) !== toText(earlier.settings[key])).map(flagName)
}

/**
 * Refuses to pay for every row again because a setting changed: a resumed run should cost what is missing.
 * @throws PromptmillError `settings_changed`, naming the flags
 */
export const checkChanges = (
  settings: RunSettings,
  { plan, memory, earlier }: { plan: Plan; memory: Recollection; earlier: Manifest | undefined },
): void => {
  if (earlier === undefined || memory.size === 0 || plan.counts.reused > 0 || plan.counts.pending === 0) return
  const changed = changedFlags(settings, earlier)
  if (changed.length === 0 || settings.changed === 'resend') return
  throw new PromptmillError(
    'settings_changed',
    `${changed.join(', ')} changed since the last run: all ${plan.counts.pending} rows would be sent and paid for again`,
    {
      hint: `Give another --output to keep both, ${flagName('changed')} resend to go on here, or the earlier settings`,
    },
  )
}
