import type { Estimate } from '../commands/estimate/report.js'
import { estimate } from '../commands/estimate.js'
import type { Notify } from '../commands/ports.js'
import { systemClock } from '../core/clock.js'
import type { EstimateFlags } from '../core/options.js'
import { createCountingView } from './counting-view.js'
import { renderEstimate } from './estimate-table.js'
import { listenForInterrupts } from './interrupts.js'
import { showNote } from './note.js'
import { createPorts } from './ports.js'
import { createProgress } from './progress.js'
import { reportError } from './report-error.js'
import { toRowSource } from './row-source.js'
import type { Terminal } from './terminal.js'
import { progressModeOf, type Viewing } from './viewing.js'

/** What `estimate` is given. */
export interface EstimateCommand {
  readonly flags: EstimateFlags
  readonly viewing: Viewing
  readonly json: boolean
}

/** The progress of a sample is told in rows of the sample, not of the file. */
const toSampleNotify = ({ onNotice, onSending, onSent }: Notify, rows: number): Notify => ({
  ...(onNotice && { onNotice }),
  onSending: read =>
    onSending?.(() => {
      const progress = read()
      return { ...progress, rows, done: progress.settled }
    }),
  ...(onSent && { onSent }),
})

const say = async (terminal: Terminal, found: Estimate, json: boolean): Promise<void> => {
  for (const warning of found.warnings) terminal.say(showNote(terminal, warning))
  if (json) await terminal.outForeign(`${JSON.stringify(found)}\n`)
  else for (const line of renderEstimate(terminal, found)) terminal.say(line)
}

type Look = (watch: {
  readonly sampling?: Notify
  signal?: AbortSignal
  abandonSignal?: AbortSignal
}) => Promise<Estimate>

/** While a sample is sent, Ctrl-C lets what is in flight finish; before and after it ends the program as ever. */
const lookWithSample = async (
  terminal: Terminal,
  { rows, viewing, look, json }: { rows: number; viewing: Viewing; look: Look; json: boolean },
): Promise<number> => {
  const display = createProgress(progressModeOf(viewing), { terminal, clock: systemClock })
  const interrupts = listenForInterrupts(process, display.say)
  const notify = toSampleNotify(interrupts.follow(display.notify), rows)
  const onSent = (): void => {
    notify.onSent?.()
    interrupts.stop()
  }
  try {
    const { signal, abandonSignal } = interrupts
    await say(terminal, await look({ sampling: { ...notify, onSent }, signal, abandonSignal }), json)
    return 0
  } catch (error) {
    display.close()
    const status = interrupts.exitStatus()
    if (status === undefined) throw error
    reportError(terminal, error)
    return status
  } finally {
    display.close()
    interrupts.stop()
  }
}

/** `promptmill estimate`: a table on standard error for people, or one JSON object on standard output. */
export const estimateCommand = async (
  terminal: Terminal,
  inputs: readonly string[],
  { flags, viewing, json }: EstimateCommand,
): Promise<number> => {
  const source = toRowSource(terminal, inputs)
  const ports = createPorts(terminal)
  const view = createCountingView(progressModeOf(viewing), terminal, systemClock)
  const look: Look = ({ sampling = {}, ...signals }) =>
    estimate({ ...flags, ...signals, input: source }, ports, { onCounting: view.show, sampling }).finally(view.close)
  const rows = Number(flags.sample)
  if (flags.sample !== undefined) return lookWithSample(terminal, { rows, viewing, look, json })
  await say(terminal, await look({}), json)
  return 0
}
