/** Exit status by kind of error; see `exitCodes` for what the numbers mean. */
const exitByCode = {
  bad_flag: 2,
  bad_config: 2,
  bad_input: 2,
  bad_template: 2,
  bad_key: 2,
  bad_price: 2,
  bad_output: 2,
  bad_schema: 2,
  output_exists: 2,
  settings_changed: 2,
  not_a_run: 2,
  locked: 2,
  journal_damaged: 1,
  disk: 1,
  endpoint: 1,
  input_changed: 1,
  interrupted: 130,
} as const

export type ErrorCode = keyof typeof exitByCode

/**
 * A failure the user can act on: what and where in the message, what now in the hint. Anything else that reaches the
 * command line is a bug and keeps its stack. Never holds the key or a whole prompt.
 */
export class PromptmillError extends Error {
  override readonly name = 'PromptmillError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }

  get exitCode(): (typeof exitByCode)[ErrorCode] {
    return exitByCode[this.code]
  }
}

/** The code of a Node system error (`ENOENT`, `EACCES`, …), if it is one. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
