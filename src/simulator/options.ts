import { PromptmillError } from '../core/errors.js'
import { flagName, type OptionSpec, type OptionsOf, type OptionTable, type SettingsOf } from '../core/option-spec.js'
import { toSettings } from '../core/option-values.js'

const share = (describe: string, group = 'Faults') =>
  ({ group, type: 'number', placeholder: 'SHARE', default: 0, min: 0, max: 1, describe }) as const satisfies OptionSpec

/** Every knob of the simulator. Shares are from 0 to 1; each is the share of all calls, or of all answers. */
export const simulatorOptions = {
  port: {
    group: 'Simulator',
    type: 'number',
    default: 8787,
    min: 0,
    max: 65_535,
    integer: true,
    describe: 'Port on 127.0.0.1; 0 takes any free one',
  },
  seed: {
    group: 'Simulator',
    type: 'number',
    default: 1,
    min: 0,
    integer: true,
    describe: 'Where answers, waits and faults are drawn from: the same seed gives the same run again',
  },
  latencyMs: {
    group: 'Simulator',
    type: 'number',
    placeholder: 'MS',
    default: 100,
    min: 0,
    max: 3_600_000,
    describe: 'Median time to an answer',
  },
  latencySpread: {
    group: 'Simulator',
    type: 'number',
    default: 0.3,
    min: 0,
    max: 5,
    describe: 'Sigma of the log-normal latency; 0 makes every call take the median',
  },
  latencyTail: share('Share of calls that take ten times as long', 'Simulator'),
  outputTokens: {
    group: 'Simulator',
    type: 'number',
    placeholder: 'N',
    default: 60,
    min: 1,
    max: 1_000_000,
    describe: 'Mean length of an answer in tokens',
  },
  outputSpread: {
    group: 'Simulator',
    type: 'number',
    default: 0.4,
    min: 0,
    max: 5,
    describe: "Sigma of the answers' log-normal length",
  },
  rpm: {
    group: 'Limits',
    type: 'number',
    placeholder: 'N',
    min: 1,
    max: 1e9,
    describe: 'Requests a minute before calls are refused with 429',
  },
  tpm: {
    group: 'Limits',
    type: 'number',
    placeholder: 'N',
    min: 1,
    max: 1e12,
    describe: 'Tokens a minute before calls are refused with 429',
  },
  burstSeconds: {
    group: 'Limits',
    type: 'number',
    placeholder: 'S',
    default: 60,
    min: 0.001,
    max: 60,
    describe: 'How many seconds of a limit may be used at once; a short time is stricter, as real limits can be',
  },
  noHeaders: {
    group: 'Limits',
    type: 'boolean',
    default: false,
    describe: 'Send neither rate-limit headers nor retry-after',
  },
  quotaAfter: {
    group: 'Limits',
    type: 'number',
    placeholder: 'N',
    min: 0,
    integer: true,
    describe: 'Answers until the account is empty and every call is refused with insufficient_quota',
  },
  requireKey: {
    group: 'Limits',
    type: 'boolean',
    default: false,
    describe: 'Refuse calls whose key does not begin with "sim-"',
  },
  fault500: share('Share of calls that fail with status 500'),
  fault503: share('Share of calls that fail with status 503, overloaded'),
  fault429: share('Share of calls refused with a stray 429 and one second of retry-after'),
  faultReset: share('Share of calls whose connection is reset before an answer'),
  faultStall: share('Share of answers that stop half-way and keep the connection open; paid for'),
  faultCut: share('Share of answers cut half-way, shorter than their content-length; paid for'),
  faultCutSilent: share('Share of answers cut half-way with no content-length to tell by; paid for'),
  faultHtml: share('Share of calls answered with status 200 and a web page; paid for'),
  faultError200: share('Share of calls answered with status 200 and an error object'),
  finishLength: share('Share of answers cut short with finish_reason length', 'Answers'),
  refusal: share('Share of answers that are refusals', 'Answers'),
  toolCall: share('Share of answers that are tool calls', 'Answers'),
  emptyChoices: share('Share of answers without choices', 'Answers'),
  invalidJson: share('Share of answers asked for as JSON that are none, or break their schema', 'Answers'),
  noUsage: share('Share of answers that do not report their usage', 'Answers'),
  keepAliveMs: {
    group: 'Simulator',
    type: 'number',
    placeholder: 'MS',
    default: 60_000,
    min: 1,
    max: 2 ** 31 - 1,
    integer: true,
    describe: 'How long an idle connection stays open',
  },
  ledgerCalls: {
    group: 'Simulator',
    type: 'number',
    placeholder: 'N',
    default: 200_000,
    min: 0,
    integer: true,
    describe: 'Calls the ledger lists one by one; its totals count all',
  },
} as const satisfies OptionTable

export type SimulatorOptions = OptionsOf<typeof simulatorOptions>
export type SimulatorSettings = SettingsOf<typeof simulatorOptions>

/** Faults exclude each other, and so do kinds of answer: at most one of each group befalls a call. */
export const faultKeys = [
  'fault500',
  'fault503',
  'fault429',
  'faultReset',
  'faultStall',
  'faultCut',
  'faultCutSilent',
  'faultHtml',
  'faultError200',
] as const satisfies readonly (keyof SimulatorSettings)[]

export const answerKeys = [
  'finishLength',
  'refusal',
  'toolCall',
  'emptyChoices',
  'invalidJson',
] as const satisfies readonly (keyof SimulatorSettings)[]

/** A fault by the option that asks for it. */
export type FaultKey = (typeof faultKeys)[number]
/** A kind of answer by the option that asks for it; `plain` is the rest. */
export type AnswerKind = (typeof answerKeys)[number] | 'plain'

const checkSum = (settings: SimulatorSettings, keys: readonly (FaultKey | (typeof answerKeys)[number])[]): void => {
  const used = keys.filter(key => settings[key] > 0)
  // A little slack: ten shares of 0.1 add up to a hair above 1.
  if (used.reduce((sum, key) => sum + settings[key], 0) <= 1 + 1e-9) return
  throw new PromptmillError('bad_flag', `${used.map(flagName).join(', ')} add up to more than 1`, {
    hint: 'Each is the share of all calls; one call meets at most one of them',
  })
}

/**
 * Settings of a simulator, every default filled in.
 * @throws PromptmillError `bad_flag` for a value out of range, and for shares that cannot all be.
 */
export const toSimulatorSettings = (options: SimulatorOptions): SimulatorSettings => {
  const settings = toSettings(simulatorOptions, options)
  checkSum(settings, faultKeys)
  checkSum(settings, answerKeys)
  return settings
}
