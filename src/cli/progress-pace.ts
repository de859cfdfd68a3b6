import type { Progress } from '../commands/ports.js'
import type { SendLoad } from '../send/contract.js'

/** What holds the run back, and for how long still, in ms. */
export type Hold = NonNullable<SendLoad['hold']>

/** The state of a moment, with what only a row of moments can tell: rates and the time left. */
export interface Snapshot {
  readonly progress: Progress
  /** Since the sending began, in ms. */
  readonly elapsedMs: number
  /** Over the last ten seconds or so; undefined until a row is settled. */
  readonly rowsPerSecond: number | undefined
  /** Prompt and completion tokens, over the last ten seconds or so; undefined until any were reported. */
  readonly tokensPerSecond: number | undefined
  /** In ms; undefined while nobody can tell: nothing is settled, the endpoint is down, nothing is left. */
  readonly leftMs: number | undefined
  /** Remembered a little longer than it lasts, so that it can be read. */
  readonly hold: Hold | undefined
}

/** Long enough not to jump with every burst, short enough to show what happens. */
const rateWindowMs = 10_000
/** The time left should not jump with every wait. */
const leftWindowMs = 60_000
/** A paced run is held back for a few milliseconds, many times a second: shown as it comes it would flicker. */
const holdLingerMs = 1500

/** Rows not settled yet. */
export const countLeft = ({ rows, done }: Progress): number => Math.max(0, rows - done)

/**
 * The recent rate of a growing count, a second: an average that forgets exponentially, a window being its time constant.
 * Divided by the weight it has gathered so far, so that it is the plain average at the start, not a climb from zero.
 */
const createRate = (windowMs: number, startMs: number): ((count: number, nowMs: number) => number) => {
  let lastMs = startMs
  let lastCount = 0
  let sum = 0
  let weight = 0
  return (count, nowMs) => {
    const spanMs = nowMs - lastMs
    if (spanMs > 0) {
      const kept = Math.exp(-spanMs / windowMs)
      sum = sum * kept + (1000 * (count - lastCount) * (1 - kept)) / spanMs
      weight = weight * kept + 1 - kept
      lastMs = nowMs
      lastCount = count
    }
    return weight === 0 ? 0 : sum / weight
  }
}

/** The hold of this moment, or the last one if it has only just gone. */
const createHoldMemory = (): ((hold: Hold | undefined, nowMs: number) => Hold | undefined) => {
  let last: { readonly hold: Hold; readonly atMs: number } | undefined
  return (hold, nowMs) => {
    if (hold !== undefined) last = { hold, atMs: nowMs }
    if (last === undefined || nowMs - last.atMs > holdLingerMs) return undefined
    return { reason: last.hold.reason, waitMs: Math.max(0, last.hold.waitMs - (nowMs - last.atMs)) }
  }
}

const toLeftMs = (progress: Progress, rowsPerSecond: number): number | undefined => {
  const left = countLeft(progress)
  if (left === 0 || rowsPerSecond <= 0 || progress.load.hold?.reason === 'outage') return undefined
  return (left / rowsPerSecond) * 1000
}

/** Turns the states of a session into snapshots. Times are those of one monotonic clock, in ms. */
export const createPaceMeter = (startMs: number): ((progress: Progress, nowMs: number) => Snapshot) => {
  const rowRate = createRate(rateWindowMs, startMs)
  const tokenRate = createRate(rateWindowMs, startMs)
  const leftRate = createRate(leftWindowMs, startMs)
  const remember = createHoldMemory()
  return (progress, nowMs) => {
    const { settled, promptTokens, completionTokens, load } = progress
    const tokens = promptTokens + completionTokens
    const rowsPerSecond = rowRate(settled, nowMs)
    const tokensPerSecond = tokenRate(tokens, nowMs)
    return {
      progress,
      elapsedMs: nowMs - startMs,
      rowsPerSecond: settled === 0 ? undefined : rowsPerSecond,
      tokensPerSecond: tokens === 0 ? undefined : tokensPerSecond,
      leftMs: toLeftMs(progress, leftRate(settled, nowMs)),
      hold: remember(load.hold, nowMs),
    }
  }
}
