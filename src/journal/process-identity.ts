import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import os from 'node:os'

/**
 * What tells a process from every other one, also from one that gets the same number later. Fields that a platform
 * does not have are left out.
 */
export interface ProcessIdentity {
  readonly pid: number
  /** When the process started, as its system tells it: to be compared, not to be read. */
  readonly started?: string
  /** When it started, as an ISO date by the wall clock. */
  readonly since: string
  /** The system's number of its present boot. */
  readonly boot?: string
  readonly host: string
  /** The machine's own number: hosts of one name may be many. */
  readonly machine?: string
  /** The process namespace: a container sees other processes than its host, under the same numbers. */
  readonly namespace?: string
}

/** What the system says of a process number: no such process, or one that started then (if that can be known). */
export type ProcessState = { readonly alive: false } | { readonly alive: true; readonly started: string | undefined }

const readText = async (path: string): Promise<string | undefined> => {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch {
    return undefined
  }
}

interface Lookup {
  readonly dead: boolean
  readonly started: string | undefined
}

/** proc_pid_stat(5): the name in parentheses may hold anything; field 3 is the state, field 22 the start in ticks since boot. */
const lookUpInProc = async (pid: number): Promise<Lookup> => {
  const stat = await readText(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return { dead: ['Z', 'X'].includes(fields[0] ?? ''), started: fields[19] }
}

/** ps(1) of macOS and the BSDs. Language and time zone are fixed, so that two calls can be compared. */
const lookUpWithPs = (pid: number): Promise<Lookup> =>
  new Promise(resolve => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    execFile('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { env }, (error, stdout) => {
      const [, state = '', started] = /^(\S+)\s+(.+)$/.exec(error === null ? stdout.trim() : '') ?? []
      resolve({ dead: state.startsWith('Z'), started })
    })
  })

/** Windows has no cheap way to ask: there a process that lives is taken for the same one. */
const lookUp = (pid: number): Promise<Lookup> => {
  if (process.platform === 'win32') return Promise.resolve({ dead: false, started: undefined })
  return process.platform === 'linux' ? lookUpInProc(pid) : lookUpWithPs(pid)
}

const exists = (pid: number): boolean => {
  try {
    // Signal 0 is never delivered: it only asks.
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Asks after a process of this machine. A zombie counts as gone: it will write nothing any more. */
export const inspectProcess = async (pid: number): Promise<ProcessState> => {
  if (!exists(pid)) return { alive: false }
  const { dead, started } = await lookUp(pid)
  return dead ? { alive: false } : { alive: true, started }
}

const bootOf = async (): Promise<string | undefined> =>
  process.platform === 'linux' ? readText('/proc/sys/kernel/random/boot_id') : undefined

const namespaceOf = async (): Promise<string | undefined> => {
  try {
    return process.platform === 'linux' ? await readlink('/proc/self/ns/pid') : undefined
  } catch {
    return undefined
  }
}

/** Who this process is. */
export const identifySelf = async (): Promise<ProcessIdentity> => {
  const [{ started }, boot, machine, namespace] = await Promise.all([
    lookUp(process.pid),
    bootOf(),
    process.platform === 'linux' ? readText('/etc/machine-id') : undefined,
    namespaceOf(),
  ])
  return {
    pid: process.pid,
    ...(started === undefined ? {} : { started }),
    since: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    ...(boot === undefined ? {} : { boot }),
    host: os.hostname(),
    ...(machine === undefined ? {} : { machine }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

/** When this machine was started, by the wall clock, epoch ms. Good to some seconds. */
export const bootedAt = (): number => Date.now() - os.uptime() * 1000
