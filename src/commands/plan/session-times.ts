/** Adds up the time of sessions: an ended one says it, a killed one lasted up to its last record. */
export const createSessionTimes = () => {
  let ended = 0
  let began: number | undefined
  let latest = 0
  const close = (): void => {
    if (began !== undefined) ended += Math.max(0, latest - began)
    began = undefined
  }
  return {
    see(at: number): void {
      latest = Math.max(latest, at)
    },
    begin(at: number): void {
      close()
      began = at
      latest = at
    },
    end(wallMs: number): void {
      ended += wallMs
      began = undefined
    },
    total(): number {
      close()
      return ended
    },
  }
}
