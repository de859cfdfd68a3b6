import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { jobKeys } from '../../../src/cli/job/keys.js'
import { jobSchema } from '../../../src/cli/job/schema.js'

const root = new URL('../../../', import.meta.url)
const readText = (name: string): Promise<string> => readFile(new URL(name, root), 'utf8')

const validate = new Ajv({ allErrors: true }).compile(jobSchema())

describe('the JSON Schema of a job file', () => {
  it('is in the package, as the table of the flags has it', async () => {
    expect(JSON.parse(await readText('dist/job.schema.json'))).toEqual(jobSchema())
    const { exports } = JSON.parse(await readText('package.json')) as { exports: Record<string, unknown> }
    expect(exports['./job.schema.json']).toBe('./dist/job.schema.json')
  })

  it('knows every key', () => {
    expect(Object.keys(jobSchema()['properties'] as object)).toEqual(['$schema', ...jobKeys])
  })

  it.each(['samples/product-texts/job.yaml'])('accepts %s', async name => {
    expect(validate(parse(await readText(name))), JSON.stringify(validate.errors)).toBe(true)
  })

  it('accepts the job of the README', async () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(await readText('README.md')) ?? []
    expect(validate(parse(yaml)), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each([
    { modle: 'a' },
    { 'max-tokens': 0 },
    { 'max-tokens': 1.5 },
    { quiet: 'yes' },
    { progress: 'loud' },
    { input: 1 },
  ])('refuses %j', job => {
    expect(validate(job)).toBe(false)
  })
})
