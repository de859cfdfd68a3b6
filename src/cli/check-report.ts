import type { Finding, FoundRow } from '../commands/check/findings.js'
import type { CheckReport } from '../commands/check.js'
import { countOf, showCount } from '../core/count-words.js'
import { paint, type Terminal } from './terminal.js'

type Painter = Pick<Terminal, 'color'>

const showRow = ({ row, line, source, id, detail }: FoundRow): string => {
  const name = id === null ? '' : ` "${id}"`
  const file = source === null ? '' : `${source} `
  return `  row ${row}${name} (${file}line ${line})${detail === null ? '' : `: ${detail}`}`
}

const renderFinding = (painter: Painter, { code, kind, message, hint, rows, examples }: Finding): string[] => {
  const label = paint(painter, kind === 'fault' ? 'red' : 'yellow', kind === 'fault' ? 'fault' : 'note ')
  const more = rows - examples.length
  return [
    `${label} ${code}: ${message}${rows === 0 ? '' : ` (${countOf(rows, 'row')})`}`,
    ...examples.map(showRow),
    ...(more > 0 ? [`  … and ${showCount(more)} more`] : []),
    ...(hint === null ? [] : [`  ${paint(painter, 'cyan', 'hint:')} ${hint}`]),
  ]
}

const countKind = (report: CheckReport, kind: Finding['kind']): number =>
  report.findings.filter(finding => finding.kind === kind).length

/** The report of a check for people: what was found, grouped, and one line that says how it stands. */
export const renderCheck = (painter: Painter, report: CheckReport): string[] => {
  const faults = countKind(report, 'fault')
  const notes = countKind(report, 'note')
  const found =
    faults + notes === 0 ? 'nothing found' : `${countOf(faults, 'kind')} of fault, ${countOf(notes, 'note')}`
  return [
    ...report.findings.flatMap(finding => renderFinding(painter, finding)),
    `${report.input}: ${countOf(report.rows, 'row')} read, ${found}`,
  ]
}
