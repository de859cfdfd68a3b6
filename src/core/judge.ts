import type { Answer } from './answer.js'

/** What an answer that is asked for as JSON turned out to be. */
export type Verdict =
  | {
      readonly ok: true
      /** The object that the answer holds, or what a program's own check makes of it. */
      readonly value: unknown
    }
  | {
      readonly ok: false
      readonly code: 'schema_mismatch' | 'invalid_json' | 'truncated' | 'content_filter'
      /** What is wrong, and where. */
      readonly message: string
      /** Found by a check of the program's own, which others who read the journal do not have: it is noted there. */
      readonly ownCheck?: true
    }

/**
 * Judges the text of an answer. The same text is always judged alike, so that a journal can be read again and again.
 * What only a program's own check finds is noted in the journal for those who have the schema alone.
 */
export type Judge = (response: string) => Verdict

const cutShort = {
  truncated: 'The answer was cut at the token limit before its JSON was complete',
  content_filter: 'The answer was cut by a content filter before its JSON was complete',
} as const

/**
 * Judges an answer; undefined where there is nothing to judge: no judge, or no text that was meant as the answer. What
 * was cut short is wrong for that reason, and a refusal is no attempt at an answer.
 */
export const judgeAnswer = (answer: Answer, judge: Judge | undefined): Verdict | undefined => {
  if (judge === undefined || answer.status !== 'ok' || answer.flag === 'refused') return undefined
  const verdict = judge(answer.response)
  if (verdict.ok || answer.flag === undefined) return verdict
  return { ok: false, code: answer.flag, message: cutShort[answer.flag] }
}
