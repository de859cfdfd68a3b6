import { countOf, showCount } from '../../core/count-words.js'
import { PromptmillError } from '../../core/errors.js'
import type { JsonObject } from '../../core/model.js'
import { flagName } from '../../core/option-spec.js'
import { identityFlags } from '../../core/options.js'
import type { Manifest } from '../../journal/manifest.js'
import type { PlanCounts } from '../ports.js'
import { writeMessageTemplates } from '../session/message-file.js'
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
  messages: settings.requests.messages === undefined ? null : writeMessageTemplates(settings.requests.messages),
})

/** A flag that is not given, and one that the earlier version did not know, say the same. */
const toText = (value: unknown): string => JSON.stringify(value === undefined || value === false ? null : value)

/** How the cells are read that go into a request: read otherwise, every row is another one. */
const readingFlags = ['format', 'delimiter', 'encoding'] as const

const comparedFlags = [...identityFlags, ...readingFlags] as const

/** How a text came: by a flag of its own or from a file. */
const flagOf = (settings: RunSettings, key: (typeof comparedFlags)[number]): string => {
  const fromFile = (key === 'prompt' || key === 'system') && settings[`${key}File`] !== undefined
  return fromFile ? `${flagName(key)}-file` : flagName(key)
}

/** What changed since the session before; undefined when nothing did, or when the user knows. */
export type SettingsChange =
  | {
      /** The flags by name. */
      readonly flags: readonly string[]
      /** Whether one of them is a part of the requests, beside how they are read. */
      readonly ofRequests: boolean
      /** Whether this session is a rehearsal, in which nothing is paid for. */
      readonly simulated: boolean
    }
  | undefined

/** Compares the settings that make up every row's identity with those of the session before. */
export const findChange = (settings: RunSettings, earlier: Manifest | undefined): SettingsChange => {
  if (earlier === undefined || settings.changed === 'resend') return undefined
  const now: Readonly<Record<string, unknown>> = { ...settings, ...identitySettings(settings) }
  const changed = comparedFlags.filter(key => toText(now[key]) !== toText(earlier.settings[key]))
  if (changed.length === 0) return undefined
  const ofRequests = changed.some(key => (identityFlags as readonly string[]).includes(key))
  return { flags: changed.map(key => flagOf(settings, key)), ofRequests, simulated: settings.simulate }
}

const refuse = ({ flags, simulated }: NonNullable<SettingsChange>, rows: string): PromptmillError =>
  new PromptmillError(
    'settings_changed',
    `${flags.join(', ')} changed since the last run: ${rows} would be sent ${simulated ? '' : 'and paid for '}again`,
    {
      hint: `Give another --output to keep both, ${flagName('changed')} resend to go on here, or the earlier settings`,
    },
  )

/**
 * Refuses to pay for every row again because a setting changed: a resumed run should cost what is missing.
 * @throws PromptmillError `settings_changed`, naming the flags
 */
export const checkAllAnew = (change: SettingsChange, { counts }: Plan, memory: Recollection): void => {
  if (change === undefined || memory.size === 0 || counts.reused > 0 || counts.pending === 0) return
  throw refuse(change, counts.pending === 1 ? 'the only row' : `all ${showCount(counts.pending)} rows`)
}

/**
 * The same where a setting concerns some of the rows alone, such as a system message that others bring themselves. While
 * no row is settled there is nothing to pay for again: a setting that was at fault at the very start is free to change.
 * @throws PromptmillError `settings_changed`, naming the flags
 */
export const checkEdited = (change: SettingsChange, { edited }: PlanCounts, memory: Recollection): void => {
  if (change?.ofRequests !== true || memory.size === 0 || edited === 0) return
  throw refuse(change, countOf(edited, 'row'))
}
