import { readdir, readFile } from 'node:fs/promises'

/** How many files and sockets this process may have open (`ulimit -n`), and how many it has. */
export interface OpenFiles {
  readonly limit: number
  readonly open: number
}

/** Node's own, and what any program has open: taken where the system does not tell. */
const usuallyOpen = 30

/** Kept for what is opened later: results, journal segments, look-ups of names, sockets that are being replaced. */
const reserve = 20

const softLimit = /^Max open files\s+(\d+)/m

/** Reads the soft limit out of `/proc/self/limits` (proc(5)); undefined when it is unlimited or not told. */
export const parseOpenFileLimit = (limits: string): number | undefined => {
  const [, digits] = softLimit.exec(limits) ?? []
  return digits === undefined ? undefined : Number(digits)
}

const readFromProc = async (): Promise<number | undefined> =>
  parseOpenFileLimit(await readFile('/proc/self/limits', 'utf8'))

/** Node's diagnostic report tells it on other Unix systems. It takes some 30 ms. */
const readFromReport = (): number | undefined => {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } }
  const soft = Number(userLimits?.open_files?.soft)
  return Number.isFinite(soft) && soft > 0 ? soft : undefined
}

const countOpen = async (): Promise<number> => {
  const names = await readdir('/proc/self/fd').catch(() => undefined)
  return names?.length ?? usuallyOpen
}

/** Undefined where nobody can tell, or where there is no limit. Never rejects. */
export const readOpenFiles = async (): Promise<OpenFiles | undefined> => {
  const limit = await readFromProc().catch(readFromReport)
  return limit === undefined ? undefined : { limit, open: await countOpen() }
}

/**
 * How many requests may be in flight so that none fails for want of a socket: at most `wanted`, at least one.
 * `socketsPerRequest` is 2 where the endpoint is in this very process.
 */
export const fitConcurrency = (
  wanted: number,
  { limit, open }: OpenFiles,
  { socketsPerRequest }: { readonly socketsPerRequest: number },
): number => Math.max(1, Math.min(wanted, Math.floor((limit - open - reserve) / socketsPerRequest)))
