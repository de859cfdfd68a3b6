import { PromptmillError } from '../core/errors.js'
import { bootedAt, inspectProcess, type ProcessIdentity } from './process-identity.js'

/** What a lock file says: who holds it, and the token of this very acquisition. */
export interface LockOwner extends ProcessIdentity {
  readonly token: string
}

const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === 'string'

const isOwner = (value: unknown): value is LockOwner =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  Number.isSafeInteger(value.pid) &&
  Number(value.pid) > 0 &&
  'host' in value &&
  typeof value.host === 'string' &&
  'since' in value &&
  typeof value.since === 'string' &&
  'token' in value &&
  typeof value.token === 'string' &&
  /^[\da-f]{32}$/.test(value.token) &&
  ['started', 'boot', 'machine', 'namespace'].every(field => isOptionalText(Reflect.get(value, field)))

/** Reads a lock file's text; undefined when it is not whole. */
export const parseOwner = (text: string): LockOwner | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

const differ = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a !== b

/** Boot times by the wall clock are good to some seconds, and clocks are set. */
const clockSlackMs = 60_000

/**
 * Whether the owner of a lock still runs. `elsewhere`: on another machine, or in a container whose processes cannot
 * be seen from here; then only people can tell.
 */
export const judgeOwner = async (
  owner: LockOwner,
  self: ProcessIdentity,
): Promise<'running' | 'gone' | 'elsewhere'> => {
  if (owner.host !== self.host || differ(owner.machine, self.machine)) return 'elsewhere'
  if (differ(owner.boot, self.boot)) return 'gone'
  const startedBeforeBoot = Date.parse(owner.since) < bootedAt() - clockSlackMs
  if (owner.boot === undefined && startedBeforeBoot) return 'gone'
  if (differ(owner.namespace, self.namespace)) return 'elsewhere'
  const state = await inspectProcess(owner.pid)
  if (!state.alive) return 'gone'
  // The system has given the number to another process since.
  return differ(owner.started, state.started) ? 'gone' : 'running'
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `12:03:20`, with the date before it when that is not today. Local time. */
const formatSince = (since: string): string => {
  const date = new Date(since)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  if (date.toDateString() === new Date().toDateString()) return time
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

/** Why a lock cannot be had, and what its user can do. */
export const lockedBy = (
  owner: LockOwner,
  verdict: 'running' | 'elsewhere',
  { folder, file }: { folder: string; file: string },
): PromptmillError => {
  const who = `pid ${owner.pid}, started ${formatSince(owner.since)}`
  if (verdict === 'running') {
    const unsure = owner.started === undefined ? `. If process ${owner.pid} is not promptmill, delete ${file}` : ''
    return new PromptmillError('locked', `Another promptmill (${who}) is writing these results: ${folder}`, {
      hint: `Wait for its end, or stop it: what it has is kept. Or give another --output${unsure}`,
    })
  }
  return new PromptmillError(
    'locked',
    `A promptmill on another machine or in another container (host ${owner.host}, ${who}) holds these results: ${folder}`,
    { hint: `If it no longer runs there, delete ${file} and give the same command again` },
  )
}
