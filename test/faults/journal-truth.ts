import { expect } from 'vitest'
import type { NumberedRecord } from './run-folder.js'

/** A request by its prompt and its place among equals: what a row's identity comes to in these tests. */
const refOf = (prompt: string, nth: number): string => `${prompt}#${nth}`

/** The requests of an input, row by row. */
export const refsOf = (prompts: readonly string[]): string[] => {
  const seen = new Map<string, number>()
  return prompts.map(prompt => {
    const nth = seen.get(prompt) ?? 0
    seen.set(prompt, nth + 1)
    return refOf(prompt, nth)
  })
}

/** The text of a completion; undefined for a body that is none. */
export const textOf = (body: string): string | undefined => {
  try {
    return JSON.parse(body).choices[0].message.content as string
  } catch {
    return undefined
  }
}

/** What a journal says became of each request. */
export interface Truth {
  /** Answers by request. */
  readonly good: ReadonlyMap<string, string>
  /** Requests that failed for good. */
  readonly failed: ReadonlySet<string>
}

export const readTruth = (records: readonly NumberedRecord[], promptOfKey: ReadonlyMap<string, string>): Truth => {
  const good = new Map<string, string>()
  const failed = new Set<string>()
  /** Failed for good, and then sent again by `retry`: failures on the way change nothing. */
  const again = new Set<string>()
  for (const record of records) {
    if (!('row' in record)) continue
    const ref = refOf(promptOfKey.get(record.key) ?? '?', record.nth)
    const text = record.kind === 'answer' ? textOf(record.body) : undefined
    if (record.kind === 'start' && failed.has(ref)) again.add(ref)
    // Whatever happens, a request that has its answer is not asked again.
    if (record.kind === 'start' || text !== undefined) expect(good.has(ref)).toBe(false)
    if (text !== undefined) good.set(ref, text)
    // A reply that is no answer decides nothing: what is noted of it does.
    else if (record.kind === 'failure' && record.final) failed.add(ref)
    else if (record.kind === 'failure' && !again.has(ref)) failed.delete(ref)
  }
  for (const ref of good.keys()) failed.delete(ref)
  return { good, failed }
}
