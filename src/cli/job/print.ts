import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type OptionSpec, takesPath } from '../../core/option-spec.js'
import { toSettings } from '../../core/option-values.js'
import { parseBaseUrl } from '../../send/base-url.js'
import { isTemplate, jobOptions, keyName } from './keys.js'
import type { JobValues } from './values.js'

/** Absolute, so that the job stays the same wherever it is saved. */
const toAbsolute = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(toAbsolute)
  return typeof value !== 'string' || value === '-' || value.startsWith('[') ? value : path.resolve(value)
}

const toParams = (params: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    params.map(text => {
      const at = text.indexOf('=')
      return [text.slice(0, at), JSON.parse(text.slice(at + 1)) as unknown]
    }),
  )

const fold = (option: string, spec: OptionSpec, value: unknown): unknown => {
  if (option === 'param') return toParams(value as readonly string[])
  if (option === 'messages' && String(value).startsWith('[')) return JSON.parse(String(value)) as unknown
  // Of the line breaks at the end of a template, reading leaves one out.
  if (isTemplate(option)) return String(value).endsWith('\n') ? `${String(value)}\n` : value
  return takesPath(spec) ? toAbsolute(value) : value
}

/** Texts of several lines as blocks, which people can read; in quotes where a block would not bring back what it holds. */
const writeYaml = async (job: Readonly<Record<string, unknown>>): Promise<string> => {
  const { parse, stringify } = await import('yaml')
  const plain = { lineWidth: 0, aliasDuplicateObjects: false }
  const text = stringify(job, plain)
  // yaml 2.9.1 loses blanks before a line break at the beginning of a block.
  return isDeepStrictEqual(parse(text), job) ? text : stringify(job, { ...plain, blockQuote: false })
}

/**
 * The effective job as a job file in YAML: flags and job file, the environment and defaults. Holds no key, since no
 * option does.
 * @throws PromptmillError `bad_flag` for a value that is wrong, such as a base URL with a password
 */
export const printJob = async (
  { input, schema, ...given }: JobValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> => {
  const { parseParam } = await import('../../prompt/params.js')
  const settings: JobValues = toSettings(
    jobOptions,
    { ...given, ...(typeof schema === 'string' ? { schema } : {}) },
    env,
  )
  parseBaseUrl(String(settings['baseUrl']), { insecureHttp: settings['insecureHttp'] === true })
  for (const param of (settings['param'] ?? []) as readonly string[]) parseParam(param)
  const job: Record<string, unknown> = {}
  if (Array.isArray(input) && input.length > 0) {
    const inputs: readonly unknown[] = input.map(toAbsolute)
    job['input'] = inputs.length === 1 ? inputs[0] : inputs
  }
  for (const [option, spec] of Object.entries(jobOptions)) {
    const value = option === 'schema' ? (settings[option] ?? schema) : settings[option]
    if (value !== undefined) job[keyName(option)] = fold(option, spec, value)
  }
  return writeYaml(job)
}
