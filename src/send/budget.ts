import type { Answer } from '../core/answer.js'
import type { Request, Usage } from '../core/model.js'
import type { Usd } from '../core/money.js'
import type { Budget, Reservation } from './contract.js'

/** The worst that a request can cost. */
export interface WorstCase {
  /** Prompt tokens, as counted before it is sent. */
  readonly promptTokens: number
  /** The cost if the prompt is reported as so many tokens and the answer is as long as it may be. */
  cost(promptTokens: number): Usd
}

export interface BudgetSettings {
  /** Never exceeded. */
  readonly capUsd: Usd
  /** What earlier sessions spent, the worst case of calls whose outcome is unknown included. */
  readonly spentUsd: Usd
}

export interface BudgetPorts {
  readonly worstCase: (request: Request) => WorstCase | Promise<WorstCase>
  /** What an answer cost; undefined when that is not known. */
  readonly costOf: (answer: Exclude<Answer, { status: 'unreadable' }>) => Usd | undefined
}

/** A send in flight and what is held back for it. */
interface Held {
  readonly worst: WorstCase
  amountUsd: Usd
}

interface Waiting {
  readonly worst: WorstCase
  readonly resolve: (reservation: Reservation | undefined) => void
}

/** Reported by estimated tokens, in parts of a million: whole numbers, so that money stays exact. */
const scale = 1_000_000

const toRatio = (usage: Usage | undefined, promptTokens: number): number =>
  usage === undefined ? 0 : Math.ceil((usage.promptTokens * scale) / Math.max(promptTokens, 1))

/**
 * A cap that holds: the worst case of a send is reserved before it leaves, and no send leaves for which there is no
 * room. An answer gives back what it did not use; an outcome that nobody knows keeps its reservation for good.
 *
 * The count of a prompt can be low (another tokenizer, tools, images), so reservations, those of sends in flight too, are
 * stretched by the largest ratio of reported to counted tokens seen so far; and until there is an answer to tell, one
 * send goes alone.
 *
 * Rows for which there is no room wait, in their order, until reservations end; when none is left that could end, the
 * budget is exhausted.
 */
export const createBudget = ({ capUsd, spentUsd }: BudgetSettings, { worstCase, costOf }: BudgetPorts): Budget => {
  const waiting: Waiting[] = []
  const open = new Set<Held>()
  let spent = spentUsd
  let reserved = 0n
  let ratio = scale
  let answered = false

  const amountOf = ({ promptTokens, cost }: WorstCase): Usd => cost(Math.ceil((promptTokens * ratio) / scale))

  /** Rarely more than a few times a run: only a ratio larger than all before changes anything. */
  const stretch = (seen: number): void => {
    if (seen <= ratio) return
    ratio = seen
    reserved = 0n
    for (const held of open) {
      held.amountUsd = amountOf(held.worst)
      reserved += held.amountUsd
    }
  }

  const take = (worst: WorstCase): Reservation | undefined => {
    const amountUsd = amountOf(worst)
    if (!answered && open.size > 0) return undefined
    if (spent + reserved + amountUsd > capUsd) return undefined
    const held: Held = { worst, amountUsd }
    open.add(held)
    reserved += amountUsd
    const end = (costUsd: Usd): void => {
      open.delete(held)
      reserved -= held.amountUsd
      spent += costUsd
      admit()
    }
    return {
      amountUsd,
      settle(answer) {
        answered = true
        if (answer.status === 'unreadable') return end(held.amountUsd)
        stretch(toRatio(answer.usage, worst.promptTokens))
        // An error under status 200 that reports no use was not billed as far as anybody can tell.
        const unknown = answer.status === 'error' && answer.usage === undefined ? 0n : held.amountUsd
        end(costOf(answer) ?? unknown)
      },
      release: () => end(0n),
      keep: () => end(held.amountUsd),
    }
  }

  const admit = (): void => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const reservation = take(first.worst)
      if (reservation === undefined && open.size > 0) return
      waiting.shift()
      first.resolve(reservation)
    }
  }

  return {
    async reserve(request) {
      const worst = await worstCase(request)
      if (waiting.length === 0) {
        const reservation = take(worst)
        if (reservation !== undefined || open.size === 0) return reservation
      }
      return new Promise(resolve => {
        waiting.push({ worst, resolve })
      })
    },
  }
}
