import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFolder } from '../commands/workspace.js'
import { runProgram } from './program.js'

const checkText = async (content: string, ...extra: readonly string[]) => {
  const cwd = await createFolder()
  await writeFile(path.join(cwd, 'in.csv'), content)
  return runProgram(['check', 'in.csv', '--model', 'gpt-4o-mini', ...extra], { cwd })
}

describe('promptmill check', () => {
  it('ends with 0 and one line when there is nothing to find', async () => {
    expect(await checkText('prompt\na\nb\n')).toEqual({
      status: 0,
      stdout: 'in.csv: 2 rows read, nothing found\n',
      stderr: '',
    })
  })

  it('ends with 0 when there are only notes', async () => {
    const { status, stdout } = await checkText('prompt\na\na\n')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^note {2}duplicate_request: .* \(1 row\)\n {2}row 2 \(line 3\): as row 1\n/)
  })

  it('ends with 2 and tells rows and lines when there are faults', async () => {
    const { status, stdout } = await checkText(`id,prompt\n7,a\n${'8,""\n'.repeat(7)}`, '--id-column', 'id')
    expect(status).toBe(2)
    expect(stdout).toContain('fault empty_prompt: the prompt is empty (7 rows)\n  row 2 "8" (line 3)\n')
    expect(stdout).toContain('  … and 2 more\n')
    expect(stdout).toMatch(/in\.csv: 8 rows read, 2 kinds of fault, 0 notes\n$/)
  })

  it('tells programs in JSON', async () => {
    const { status, stdout } = await checkText('prompt\na\n""\n', '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      input: 'in.csv',
      rows: 2,
      ok: false,
      findings: [{ code: 'empty_prompt' }],
    })
  })

  it.each([
    ['a header without a name', 'prompt,\na,\n', [], 'bad_input'],
    ['an unknown column', 'prompt\na\n', ['--image-column', 'nope'], 'bad_template'],
    ['a brace that is not closed', 'prompt\na\n', ['--prompt', '{{prompt'], 'bad_template'],
    ['a wrong number', 'prompt\na\n', ['--max-tokens', 'x'], 'bad_flag'],
    ['no such row', 'prompt\na\n', ['--show', '5'], 'bad_flag'],
  ])('tells programs in one JSON object of %s', async (_title, content, flags, code) => {
    const { status, stdout, stderr } = await checkText(content, '--json', ...flags)
    expect(status).toBe(2)
    const report = JSON.parse(stdout) as { findings: { message: string }[] }
    expect(report).toMatchObject({ input: 'in.csv', ok: false, findings: [{ code, kind: 'fault' }] })
    expect(stderr).toContain(`error: ${report.findings[0]?.message}`)
  })

  it('prints the request of a row, and nothing else', async () => {
    expect(await checkText('prompt\na\n""\n', '--show', '1')).toEqual({
      status: 0,
      stdout: '{"messages":[{"content":"a","role":"user"}],"model":"gpt-4o-mini"}\n',
      stderr: '',
    })
    const { status, stdout, stderr } = await checkText('prompt\na\n""\n', '--show', '2')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('row 2 (line 3) has no request to send: the prompt is empty')
  })
})
