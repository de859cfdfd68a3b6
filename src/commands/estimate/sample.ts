import { countOf } from '../../core/count-words.js'
import { PromptmillError } from '../../core/errors.js'
import { flagName } from '../../core/option-spec.js'
import type { RowTable } from '../plan/row-table.js'
import type { Notify, Ports } from '../ports.js'
import { run } from '../run.js'
import { resolveSource } from '../session/resolve-source.js'
import type { RunOptions } from '../session/settings.js'
import { createSeenAnswers, gatherOutcome, type SeenAnswers } from './expectation.js'

const tooFew = (count: number, unsent: number): PromptmillError =>
  new PromptmillError(
    'bad_flag',
    `${flagName('sample')} ${count}: there ${unsent === 1 ? 'is' : 'are'} ${countOf(unsent, 'row')} to send`,
    {
      hint: 'Give a smaller number, or run the file',
    },
  )

/** Each set of so many unsent rows is as likely as any other: reservoir sampling (Vitter 1985, algorithm R). */
export const pickAtRandom = (table: RowTable, count: number, random: () => number): ReadonlySet<number> => {
  const picked: number[] = []
  let seen = 0
  for (let row = 0; row < table.rows; row++) {
    if (!table.isUnsent(row)) continue
    const place = seen < count ? seen : Math.floor(random() * (seen + 1))
    if (place < count) picked[place] = row
    seen += 1
  }
  if (seen < count) throw tooFew(count, seen)
  return new Set(picked)
}

/**
 * Sends so many rows, chosen at random over the file, as a run does: their answers are in the run's journal and in its
 * results, and no later run pays for them again.
 * @throws PromptmillError as `run` does; `bad_flag` when there are not so many rows to send, or no file that can be
 * read twice; `endpoint` when the endpoint ends the sending
 */
export const askSample = async (
  count: number,
  options: RunOptions,
  { ports, notify }: { ports: Ports; notify: Notify },
): Promise<SeenAnswers> => {
  if ((await resolveSource(options.input)).kind === 'stream') {
    throw new PromptmillError('bad_flag', `${flagName('sample')} needs a file, which is read twice`, {
      hint: 'Save the rows in a file first',
    })
  }
  const gathered = createSeenAnswers()
  const { onOutcome } = notify
  const { stop } = await run(options, ports, {
    notify: {
      ...notify,
      onOutcome(row) {
        gatherOutcome(gathered, row.outcome)
        onOutcome?.(row)
      },
    },
    pick: table => pickAtRandom(table, count, ports.random),
  })
  if (stop !== undefined) {
    const hint = `${stop.hint === undefined ? '' : `${stop.hint}. `}What was answered is kept`
    throw new PromptmillError('endpoint', `The sample stopped: ${stop.message}`, { hint })
  }
  return gathered.seen()
}
