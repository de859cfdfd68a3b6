import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJobFile } from '../../../src/cli/job/file.js'
import { printJob } from '../../../src/cli/job/print.js'
import type { JobValues } from '../../../src/cli/job/values.js'
import { createFolder } from '../../commands/workspace.js'

const printed = async (job: JobValues, env = {}): Promise<JobValues> => {
  const file = path.join(await createFolder(), 'job.yaml')
  await writeFile(file, await printJob(job, env))
  return readJobFile(file)
}

describe('a printed job', () => {
  it('is a job file that says the same, defaults and environment filled in, paths absolute', async () => {
    const job = {
      input: ['a.csv', '-', 'b/*.csv'],
      model: 'm',
      maxTokens: '40',
      param: ['stop=["a"]'],
      where: ['a=1'],
      messages: '[{"role":"user","content":"x"}]',
      schema: { type: 'object' },
      output: 'out.csv',
    }
    const env = { OPENAI_BASE_URL: 'https://example.com/v1', OPENAI_MODEL: 'other' }
    expect(await printed(job, env)).toMatchObject({
      ...job,
      maxTokens: 40,
      input: [path.resolve('a.csv'), '-', path.resolve('b/*.csv')],
      output: path.resolve('out.csv'),
      baseUrl: 'https://example.com/v1',
      concurrency: 64,
      simulate: false,
    })
  })

  it('keeps every text as it is, down to its last line break', async () => {
    const folder = await createFolder()
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\n', '\r', ' ', 'a', '"', '#', ':', '\t', '-') }),
    )
    await fc.assert(
      fc.asyncProperty(text, async prompt => {
        const file = path.join(folder, 'job.yaml')
        await writeFile(file, await printJob({ model: 'm', prompt }, {}))
        expect((await readJobFile(file))['prompt']).toBe(prompt)
      }),
      { numRuns: 200 },
    )
  })

  it('holds no password: an address with one is refused', async () => {
    const job = printJob({ model: 'm', baseUrl: 'https://me:hidden@example.com/v1' }, {})
    await expect(job).rejects.toMatchObject({ message: expect.not.stringContaining('hidden') as string, exitCode: 2 })
  })
})
