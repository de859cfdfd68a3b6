import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkCommand } from '../../src/cli/check-command.js'
import { estimateCommand } from '../../src/cli/estimate-command.js'
import { createTerminal, type Terminal } from '../../src/cli/terminal.js'
import { createFolder } from '../commands/workspace.js'

/** A process whose standard output and standard error are a terminal that keeps what it is given. */
const createScreen = () => {
  let shown = ''
  const pipe = {
    isTTY: true,
    columns: 80,
    on: () => pipe,
    write(text: string, done: () => void) {
      shown += text
      done()
    },
  }
  const from = { env: { NO_COLOR: '1' }, stdin: process.stdin, stdout: pipe, stderr: pipe }
  return { terminal: createTerminal(from as unknown as NodeJS.Process), read: () => shown }
}

const viewing = { progress: 'none', quiet: true } as const

/** A file of escape sequences, which turn a terminal's text red; its second row has no prompt. */
const createInput = async (): Promise<string> => {
  const file = path.join(await createFolder(), 'in.csv')
  await writeFile(file, 'id,text,model\n1,\u009b31mhello,gpt-\u001b[31mowned\n"\u001b[31mowned",,\n')
  return file
}

const flags = {
  model: 'gpt-4o-mini',
  prompt: '{{text}}',
  idColumn: 'id',
  rowParams: ['model'],
  outputPrefix: 'x_',
  simulate: true,
}

type Command = (terminal: Terminal, file: string) => Promise<number>

describe('texts of a stranger on a terminal', () => {
  it.each<[string, string, Command]>([
    [
      'the report of check',
      '␛[31mowned',
      (terminal, file) => checkCommand(terminal, [file], { flags, viewing, show: undefined, json: false }),
    ],
    [
      'a request that check shows',
      '�31mhello',
      (terminal, file) => checkCommand(terminal, [file], { flags, viewing, show: 1, json: false }),
    ],
    [
      'the models of an estimate',
      'gpt-␛[31mowned',
      (terminal, file) => estimateCommand(terminal, [file], { flags, viewing, json: false }),
    ],
  ])('C9: are made visible in %s', async (_where, visible, command) => {
    const { terminal, read } = createScreen()
    await command(terminal, await createInput())
    expect(read()).toContain(visible)
    for (const control of ['\u001b', '\u009b']) expect(read()).not.toContain(control)
  })
})
