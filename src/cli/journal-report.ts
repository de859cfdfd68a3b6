import path from 'node:path'
import type { Verification } from '../commands/verify.js'
import { countOf } from '../core/count-words.js'
import { journalFormat } from '../core/records.js'
import type { JournalDamage } from '../journal/inspector.js'
import type { RepairedSegment } from '../journal/repair.js'
import { segmentName } from '../journal/segment.js'
import { quoteWords } from './quote.js'

/** `record 7`, or `records 7 to 9`. */
const showLost = ({ first, count }: NonNullable<JournalDamage['lost']>): string =>
  count === 1 ? `record ${first} is lost` : `records ${first} to ${first + count - 1} are lost`

const showPlace = ({ line, lines, offset, bytes }: JournalDamage): string => {
  if (lines === 0) return `before line ${line} (byte ${offset})`
  const last = line + lines - 1
  return `${lines === 1 ? `line ${line}` : `lines ${line} to ${last}`} (byte ${offset}, ${countOf(bytes, 'byte')})`
}

const showDamage = (found: JournalDamage): string =>
  `damaged  ${segmentName(found.segment)}, ${showPlace(found)}: ${found.reason}${
    found.lost === undefined ? '' : `; ${showLost(found.lost)}`
  }`

const showRepaired = ({ segment, aside, bytes, lost }: RepairedSegment): string => {
  const moved =
    aside === undefined ? 'nothing had to go' : `${countOf(bytes, 'byte')} moved into ${path.basename(aside)}`
  return `mended   ${segmentName(segment)}: ${moved}, ${lost === 0 ? 'no record' : countOf(lost, 'record')} lost`
}

/** What is found of a journal, for people, a line each. */
export const renderJournal = (found: Verification, target: string): string[] => {
  const { segments, records, bytes, damage, torn, repaired, runFolder } = found
  const size = `${countOf(records, 'record')} in ${countOf(segments, 'segment')}, ${countOf(bytes, 'byte')}`
  const lines = [`journal  ${runFolder}: ${size}, format ${journalFormat}`]
  if (torn !== undefined) {
    const place = `${segmentName(torn.segment)}, byte ${torn.offset}`
    lines.push(
      `torn     ${place}: ${countOf(torn.bytes, 'byte')} of a write that was cut off; the next session puts them aside`,
    )
  }
  if (damage.length === 0) lines.push('whole    every checksum and every number is right')
  lines.push(...damage.map(showDamage))
  if (repaired !== undefined) return [...lines, ...repaired.map(showRepaired)]
  if (damage.length > 0) {
    lines.push(`mend with: ${quoteWords(['promptmill', 'status', target, '--journal', '--repair'])}`)
  }
  return lines
}

/** The same as one object for machines. */
export const toJournalObject = (found: Verification) => ({
  run_folder: found.runFolder,
  format: journalFormat,
  segments: found.segments,
  records: found.records,
  bytes: found.bytes,
  state: found.damage.length > 0 ? 'damaged' : found.torn === undefined ? 'whole' : 'torn',
  damage: found.damage.map(({ segment, line, lines, offset, bytes, kind, reason, lost }) => ({
    segment: segmentName(segment),
    line,
    lines,
    byte: offset,
    bytes,
    kind,
    reason,
    lost_records: lost === undefined ? null : { first: lost.first, count: lost.count },
  })),
  torn:
    found.torn === undefined
      ? null
      : { segment: segmentName(found.torn.segment), byte: found.torn.offset, bytes: found.torn.bytes },
  repaired:
    found.repaired?.map(({ segment, aside, bytes, lost }) => ({
      segment: segmentName(segment),
      moved_to: aside === undefined ? null : path.basename(aside),
      moved_bytes: bytes,
      lost_records: lost,
    })) ?? null,
})
