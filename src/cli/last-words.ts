import path from 'node:path'
import type { RunResult } from '../commands/run.js'
import { showCount } from '../core/count-words.js'
import { formatUsd, type Usd } from '../core/money.js'
import { flagName } from '../core/option-spec.js'
import { quoteWords } from './quote.js'

/** What the last words are about. */
export type Ending = Pick<RunResult, 'stop' | 'summary' | 'results' | 'runFolder' | 'plan' | 'capUsd'>

/** The words of a command with another value of a flag, which they need not have had. */
export const replaceFlag = (words: readonly string[], flag: string, value: string): string[] => {
  const kept = words.filter((word, at) => word !== flag && words[at - 1] !== flag && !word.startsWith(`${flag}=`))
  return [...kept, flag, value]
}

/** Under the cap that was reached, the same command would stop at once: it is given with one that is twice as high. */
const raiseCap = (words: readonly string[], capUsd: Usd): string[] => [
  'the command below has twice the cap; give what you want to spend',
  `resume with: ${quoteWords(replaceFlag(words, flagName('maxCost'), formatUsd(capUsd * 2n)))}`,
]

const resume = (words: readonly string[], { stop, capUsd }: Ending): string[] =>
  stop?.code === 'budget_exhausted' && capUsd !== undefined
    ? raiseCap(words, capUsd)
    : [`resume with: ${quoteWords(words)}`]

/** A run's own command as it was typed; after a retry the job that is in its manifest, which goes on with the run. */
const runWith = (words: readonly string[], { runFolder }: Ending): string => {
  const own = words[1] === 'run'
  return `run with: ${quoteWords(own ? words : ['promptmill', 'run', '--config', path.join(runFolder, 'manifest.json')])}`
}

const describePending = (rows: number): string =>
  rows === 1
    ? '1 row is pending: the run command sends it'
    : `${showCount(rows)} rows are pending: the run command sends them`

const describeFaulty = (rows: number): string =>
  rows === 1
    ? '1 failed row has no request, so that retry cannot send it: mend it in the input, then give the run command'
    : `${showCount(rows)} failed rows have no request, so that retry cannot send them: mend them in the input, then give the run command`

/**
 * Rows that no request can be made of are nothing that `retry` could send. Its line is the last one all the same: who reads
 * the last line of exit status 3 finds what is promised there.
 */
const describeFailed = (words: readonly string[], ending: Ending): string[] => {
  const { results, runFolder } = ending
  const { faulty } = ending.plan
  return [
    ...(faulty === 0 ? [] : [describeFaulty(faulty), runWith(words, ending)]),
    `retry with: ${quoteWords(['promptmill', 'retry', results ?? runFolder])}`,
  ]
}

/**
 * How to go on after a session, a line each: the last one is a command to paste, where there is one.
 * @param words the command line of this session
 */
export const renderLastWords = (ending: Ending, words: readonly string[]): string[] => {
  const { stop, summary } = ending
  if (stop !== undefined) return resume(words, ending)
  if (summary.rows.pending > 0) return [describePending(summary.rows.pending), runWith(words, ending)]
  return summary.rows.failed > 0 ? describeFailed(words, ending) : []
}
