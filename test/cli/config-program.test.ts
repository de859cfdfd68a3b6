import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFolder } from '../commands/workspace.js'
import { runProgram } from './program.js'

const job =
  'input: in.csv\noutput: out.csv\nmodel: gpt-4o-mini\nprompt: "Say {{word}}"\nmax-tokens: 9\nsimulate: true\n'

/** A folder with a job in another folder below it. */
const createJob = async (text = job): Promise<string> => {
  const cwd = await createFolder()
  await mkdir(path.join(cwd, 'sub'))
  await writeFile(path.join(cwd, 'sub/in.csv'), 'word\none\ntwo\n')
  await writeFile(path.join(cwd, 'sub/job.yaml'), text)
  return cwd
}

describe('a command with a job file', () => {
  it('runs, estimates and checks what the file says, its paths from its own folder', async () => {
    const cwd = await createJob()
    const run = await runProgram(['run', '--config', 'sub/job.yaml'], { cwd })
    expect(run.status, run.stderr).toBe(0)
    expect((await readdir(path.join(cwd, 'sub'))).toSorted()).toEqual(['in.csv', 'job.yaml', 'out.csv', 'out.csv.run'])
    const estimate = await runProgram(['estimate', '--config', 'sub/job.yaml'], { cwd })
    expect(estimate.stderr).toContain('sub/in.csv: 0 of 2 rows to send (2 ok, 0 failed)')
    const check = await runProgram(['check', '--config', 'sub/job.yaml', '--show', '1', '--max-tokens', '5'], { cwd })
    expect(check.stdout).toContain('"max_completion_tokens":5,"messages":[{"content":"Say one"')
  })

  it('goes on from the manifest that its run has left', async () => {
    const cwd = await createJob()
    await runProgram(['run', '--config', 'sub/job.yaml'], { cwd })
    const before = await readFile(path.join(cwd, 'sub/out.csv'), 'utf8')
    const again = await runProgram(['run', '--config', 'sub/out.csv.run/manifest.json'], { cwd })
    expect(again.status, again.stderr).toBe(0)
    expect(again.stderr).toContain('nothing sent')
    expect(await readFile(path.join(cwd, 'sub/out.csv'), 'utf8')).toBe(before)
  })

  it('goes on with several files by their names, which are the source of their rows', async () => {
    const cwd = await createFolder()
    for (const name of ['a.csv', 'b.csv']) await writeFile(path.join(cwd, name), 'prompt\none\ntwo\n')
    const words = ['run', '*.csv', '-o', 'all.jsonl', '--model', 'gpt-4o-mini', '--simulate', '--where', 'source=b.csv']
    await runProgram([...words, '--select', 'source,status'], { cwd })
    const again = await runProgram(['run', '--config', 'all.jsonl.run/manifest.json', '--limit', '1'], { cwd })
    expect(again.status, again.stderr).toBe(0)
    expect(await readFile(path.join(cwd, 'all.jsonl'), 'utf8')).toBe('{"source":"b.csv","status":"ok"}\n')
  })

  it('prints its job with --print-config, sends nothing and leaves nothing behind', async () => {
    const cwd = await createJob()
    const env = { OPENAI_API_KEY: 'sk-very-secret' }
    const { status, stdout } = await runProgram(['run', '--config', 'sub/job.yaml', '--limit', '1', '--print-config'], {
      cwd,
      env,
    })
    expect(status).toBe(0)
    expect(stdout).toContain('max-tokens: 9\n')
    expect(stdout).toContain('limit: 1\n')
    expect(stdout).not.toContain('secret')
    expect((await readdir(path.join(cwd, 'sub'))).toSorted()).toEqual(['in.csv', 'job.yaml'])
  })

  it('ends with 2 and the line of a mistake', async () => {
    const cwd = await createJob(`${job}modle: x\n`)
    const { status, stderr } = await runProgram(['run', '--config', 'sub/job.yaml'], { cwd })
    expect(status).toBe(2)
    expect(stderr).toBe('error: sub/job.yaml, line 7: there is no key "modle"\n  hint: Did you mean model?\n')
  })
})
