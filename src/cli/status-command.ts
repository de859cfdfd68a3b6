import { readStatus } from '../commands/status.js'
import type { Terminal } from './terminal.js'
import { renderSummary, showDuration } from './totals.js'

/** `promptmill status` */
export const statusCommand = async (
  terminal: Terminal,
  { results, json, prices }: { results: string; json: boolean; prices?: string | undefined },
): Promise<number> => {
  const { summary, manifest } = await readStatus(results, prices)
  if (json) {
    await terminal.out(`${JSON.stringify(summary)}\n`)
    return 0
  }
  const plain = { color: false }
  const lines = [
    ...renderSummary(plain, summary),
    `time     ${showDuration(summary.wall_ms)} in all, ${summary.attempts} calls`,
    `input    ${manifest.input.name}`,
    `endpoint ${manifest.base_url}${summary.simulated ? ' (simulated)' : ''}`,
  ]
  await terminal.out(`${lines.join('\n')}\n`)
  return 0
}
