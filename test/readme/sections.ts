import { nameOf } from '../../src/cli/command-spec.js'
import { commandSpecs } from '../../src/cli/command-table.js'
import { exitCodes } from '../../src/cli/exit-codes.js'
import { showFlag } from '../../src/cli/flags.js'
import { progressEvents } from '../../src/cli/progress-events.js'
import { failureClasses, failureTable } from '../../src/core/failures.js'
import type { OptionTable } from '../../src/core/option-spec.js'
import { recordKinds } from '../../src/journal/record-line.js'
import { resultColumns } from '../../src/output/columns.js'

type Cells = readonly string[]

const escapeCell = (text: string): string => text.replaceAll('|', '\\|')

const table = (head: Cells, rows: readonly Cells[]): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n')

const code = (text: string): string => `\`${text}\``

const showDefault = (spec: OptionTable[string]): string => {
  const choices = spec.choices?.join(', ')
  const fallback = spec.default === undefined || spec.default === false ? undefined : `default ${spec.default}`
  const env = spec.env === undefined ? undefined : `env ${spec.env}`
  return [choices, fallback, env].filter(part => part !== undefined).join('; ')
}

const flagTable = (options: OptionTable): string =>
  table(
    ['flag', 'what it does', ''],
    Object.entries(options).map(([key, spec]) => [code(showFlag(key, spec)), spec.describe, showDefault(spec)]),
  )

const commandNamed = (name: string) => {
  const spec = commandSpecs.find(each => nameOf(each) === name)
  if (spec === undefined) throw new Error(`no command ${name}`)
  return spec
}

/** The README's parts that are made from the program's own tables, by the name of their marker. */
export const sections: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'what it does'],
      commandSpecs.map(({ usage, describe }) => [code(`promptmill ${usage}`), describe]),
    ),
  'run flags': () => flagTable(commandNamed('run').options),
  'simulate flags': () => flagTable(commandNamed('simulate').options),
  columns: () =>
    table(
      ['column', 'what it holds'],
      resultColumns.map(({ name, describe }) => [code(name), describe]),
    ),
  'exit status': () =>
    table(
      ['status', 'meaning'],
      exitCodes.map(([status, meaning]) => [String(status), meaning]),
    ),
  failures: () =>
    table(
      ['code', 'what happened', 'class', 'what to do'],
      Object.entries(failureTable).map(([name, failure]) => [code(name), failure.title, failure.class, failure.advice]),
    ),
  'failure classes': () =>
    table(
      ['class', 'what becomes of the row'],
      Object.entries(failureClasses).map(([name, text]) => [name, text]),
    ),
  'journal records': () =>
    table(
      ['kind', 'when', 'fields'],
      Object.entries(recordKinds).map(([name, { when, fields }]) => [
        code(name),
        when,
        Object.entries(fields)
          .map(([key, what]) => `${code(key)}: ${what}`)
          .join('; '),
      ]),
    ),
  'progress events': () =>
    table(
      ['event', 'when', 'keys'],
      Object.entries(progressEvents).map(([name, { when, fields }]) => [
        code(name),
        when,
        Object.entries(fields)
          .map(([key, what]) => `${code(key)}: ${what}`)
          .join('; '),
      ]),
    ),
}

const marker = (name: string): RegExp => new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`)

/** The README with every marked part made anew. */
export const renderReadme = (readme: string): string =>
  Object.entries(sections).reduce((text, [name, render]) => {
    if (!marker(name).test(text)) throw new Error(`The README has no part <!-- ${name} -->`)
    return text.replace(marker(name), (_match, open: string, close: string) => `${open}\n${render()}\n\n${close}`)
  }, readme)
