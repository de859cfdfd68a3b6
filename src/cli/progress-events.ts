import { stripVTControlCharacters } from 'node:util'
import { formatRange } from '../commands/estimate/forecast.js'
import type { PlanCounts, RetryForecast, RowOutcome } from '../commands/ports.js'
import type { Accuracy } from '../commands/results/accuracy.js'
import type { RunResult } from '../commands/run.js'
import type { JsonValue } from '../core/model.js'
import { formatUsd, type Usd } from '../core/money.js'
import type { Summary } from '../core/summary.js'
import { toExpected, toSpent } from './progress-cost.js'
import type { Snapshot } from './progress-pace.js'
import type { ProgressView } from './progress-view.js'
import type { Terminal } from './terminal.js'

interface EventSpec {
  /** When it comes, as one sentence without a full stop. */
  readonly when: string
  /** What each key holds, beside `event`, which holds the name. */
  readonly fields: Readonly<Record<string, string>>
}

/**
 * The events of `--progress json`: one JSON object a line on standard error. Times are in ms, money is an exact decimal
 * in a string, null is unknown. The program and the README are made from this table.
 */
export const progressEvents = {
  plan: {
    when: 'Once, when the input has been read and before anything is sent',
    fields: {
      rows: 'rows of the input',
      reused: 'rows that earlier sessions settled',
      moved: 'those of them that stand in another place than when they were sent, if the input changed',
      edited: 'rows with another request than the one that was sent for the row of this id, or in this place',
      new: 'rows by which the input has grown; in a first session all that can be sent',
      removed: 'rows that are gone from the input since the last session; their answers stay in the journal',
      pending: 'rows to be sent',
      faulty: 'rows that no request can be made from',
      copies: 'rows that are not sent because an equal row is, or was (--dedupe)',
    },
  },
  retry: {
    when: 'Once in a retry that has something to send, before it is sent',
    fields: {
      rows: 'rows to be sent again',
      codes: 'how many of them have which error code',
      copies: 'further rows, which share the calls of these (--dedupe)',
      override: "settings that are sent in place of the run's own",
      prompt_tokens: 'their prompt tokens, as counted',
      cost_usd: 'what they are expected to cost: {low, expected, high}; null when no price is known',
      cost_unknown_rows: 'rows whose price is not known',
    },
  },
  progress: {
    when: 'Once a second while rows are sent, and once more at the end of it',
    fields: {
      rows: 'rows of the input',
      done: 'rows settled, those of earlier sessions and rows that need no call of their own included',
      failed: 'rows failed in this session, faulty ones included',
      settled: 'rows settled in this session',
      in_flight: 'requests in flight',
      in_flight_limit: 'how many may be in flight now',
      prompt_tokens: 'prompt tokens of this session, as far as reported',
      completion_tokens: 'completion tokens of this session, as far as reported',
      spent_usd: 'what this session has spent',
      expected_usd: 'what it will come to, if the rows left cost what the settled ones did',
      rows_per_second: 'rows settled a second, recently',
      tokens_per_second: 'prompt and completion tokens a second, recently',
      elapsed_ms: 'time since the sending began',
      left_ms: 'time left, estimated',
      hold: 'what holds the run back: rate_limited, overloaded, requests_per_minute, tokens_per_minute or outage, else null',
      hold_wait_ms: 'how long it will still hold, as far as known',
    },
  },
  row: {
    when: 'For every row settled in this session, once its outcome is synced to disk',
    fields: {
      row: "the row's place in the input, counted from 1",
      line: 'the line of its file on which it begins, counted from 1',
      source: 'the file it comes from, where there are several; else null',
      status: 'ok or failed',
      error_code: 'why it failed, or what to look at in an answer: truncated, refused, content_filter; else null',
      cost_usd: 'its cost over all attempts',
      attempts: 'calls made for it, over all sessions',
    },
  },
  notice: {
    when: 'Whenever there is something to know',
    fields: { text: 'one sentence' },
  },
  sent: {
    when: 'Once, when the sending has ended: at its end or before it',
    fields: {},
  },
  end: {
    when: 'Last of all, when the results are written',
    fields: {
      summary: 'what stands: the object that `status --json` prints',
      results: 'path of the results, null for standard output',
      accuracy:
        'estimate against what was reported, of the rows settled in this session: tokens and cost with the error as a share, and what is known of the reasons; null when nothing was sent or reported',
      stop: 'why the run ended before every row was settled: {code, message, hint}, else null',
    },
  },
} as const satisfies Readonly<Record<string, EventSpec>>

type EventName = keyof typeof progressEvents

/** Exactly the fields that the table names. */
type EventFields<N extends EventName> = Readonly<
  Record<keyof (typeof progressEvents)[N]['fields'], JsonValue | Summary | Accuracy>
>

const everyMs = 1000

const toEvent = <N extends EventName>(event: N, fields: EventFields<N>): string => JSON.stringify({ event, ...fields })

const toMoney = (amount: Usd | undefined): string | null => (amount === undefined ? null : formatUsd(amount))

const toMs = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))

const toRate = (perSecond: number | undefined): number | null =>
  perSecond === undefined ? null : Math.round(perSecond * 100) / 100

const toPlanEvent = (counts: PlanCounts): string => {
  const { rows, reused, moved, edited, new: added, removed, pending, faulty, copies } = counts
  return toEvent('plan', { rows, reused, moved, edited, new: added, removed, pending, faulty, copies })
}

const toRetryEvent = ({ rows, codes, copies, override, promptTokens, costUsd, unpricedRows }: RetryForecast): string =>
  toEvent('retry', {
    rows,
    codes,
    copies,
    override,
    prompt_tokens: promptTokens,
    cost_usd: costUsd === undefined ? null : { ...formatRange(costUsd) },
    cost_unknown_rows: unpricedRows,
  })

/** The hold is that of the moment, unlike what people are shown. */
const toProgressEvent = (snapshot: Snapshot): string => {
  const { progress } = snapshot
  const { inFlight, limit, hold } = progress.load
  return toEvent('progress', {
    rows: progress.rows,
    done: progress.done,
    failed: progress.failed,
    settled: progress.settled,
    in_flight: inFlight,
    in_flight_limit: limit,
    prompt_tokens: progress.promptTokens,
    completion_tokens: progress.completionTokens,
    spent_usd: toMoney(toSpent(progress)),
    expected_usd: toMoney(toExpected(progress)),
    rows_per_second: toRate(snapshot.rowsPerSecond),
    tokens_per_second: toRate(snapshot.tokensPerSecond),
    elapsed_ms: Math.round(snapshot.elapsedMs),
    left_ms: toMs(snapshot.leftMs),
    hold: hold?.reason ?? null,
    hold_wait_ms: toMs(hold?.waitMs),
  })
}

const toRowEvent = ({ row, line, source, outcome }: RowOutcome): string => {
  const { status, errorCode, costUsd, attempts } = outcome
  const error_code = errorCode ?? null
  return toEvent('row', { row, line, source: source ?? null, status, error_code, cost_usd: toMoney(costUsd), attempts })
}

const toEndEvent = ({ summary, results, accuracy, stop }: RunResult): string =>
  toEvent('end', {
    summary,
    results: results ?? null,
    accuracy: accuracy ?? null,
    stop: stop === undefined ? null : { code: stop.code, message: stop.message, hint: stop.hint ?? null },
  })

/** Progress for machines: `progressEvents`, one a line. */
export const createEventView = (terminal: Pick<Terminal, 'say'>): ProgressView => {
  const note = (text: string): void => terminal.say(toEvent('notice', { text }))
  return {
    everyMs,
    onPlan: plan => terminal.say(toPlanEvent(plan)),
    onRetry: forecast => terminal.say(toRetryEvent(forecast)),
    onOutcome: row => terminal.say(toRowEvent(row)),
    onResult: result => terminal.say(toEndEvent(result)),
    show: snapshot => terminal.say(toProgressEvent(snapshot)),
    end(snapshot) {
      terminal.say(toProgressEvent(snapshot))
      terminal.say(toEvent('sent', {}))
    },
    // A line for people may be coloured.
    say: line => note(stripVTControlCharacters(line)),
    note,
  }
}
