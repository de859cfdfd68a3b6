import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** Above this share of its time the process is the one that others wait for. */
const busiest = 0.6

/**
 * Whether the process has had time to spare since it was last asked: what can wait is done while the endpoint is waited
 * for, and not in the place of sending.
 */
export const createSpareTime = (): (() => boolean) => {
  let last: EventLoopUtilization = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization < busiest
  }
}
