import { showCount } from '../core/count-words.js'
import { PromptmillError } from '../core/errors.js'
import type { FailureCode } from '../core/failures.js'
import { flagName, type OptionsOf } from '../core/option-spec.js'
import { toSettings } from '../core/option-values.js'
import { identityFlags, retryOptions } from '../core/options.js'
import type { Outcome } from '../core/outcome.js'
import type { Manifest } from '../journal/manifest.js'
import type { CountingProgress } from './estimate/count-pending.js'
import type { Estimate } from './estimate/report.js'
import type { EndSignals } from './interrupted.js'
import type { Plan } from './plan/plan.js'
import type { Recollection } from './plan/recall.js'
import type { Notify, Ports } from './ports.js'
import { checkRetryPlan, countSharing, describeNothing } from './retry/check-plan.js'
import { chooseByCode, parseCodes } from './retry/codes.js'
import { createForesight } from './retry/foresight.js'
import { checkLimit, findOverride, overrideFlags } from './retry/override.js'
import { findSource, type MovedSource } from './retry/source.js'
import { type RetrialWatch, type RunResult, run } from './run.js'
import type { SchemaOption } from './session/answer-form.js'
import { optionsOf, outputOf } from './session/manifest-job.js'
import type { Retrial } from './session/retrial.js'
import type { Session } from './session/session.js'
import { type GivenFlags, type RunOptions, toRunSettings } from './session/settings.js'
import { findRun } from './status.js'

/** What a caller gives to `retry`: the run, which of its rows, and what to change for them. */
export interface RetryOptions extends OptionsOf<typeof retryOptions>, EndSignals {
  /** Path of the results or of the run folder. */
  readonly results: string
  readonly apiKey?: string | undefined
  /** The run's own schema as a validation library has it: the manifest keeps its JSON Schema alone, without further checks. */
  readonly schema?: SchemaOption | undefined
}

/** Where the results go. Those of standard output have no name to find their run folder by. */
const findOutput = (manifest: Manifest, folder: string, { movedTo }: MovedSource): string => {
  if (manifest.output !== null || movedTo === undefined) return outputOf(manifest, folder)
  throw new PromptmillError('bad_flag', 'Results that went to standard output have their run folder beside the input', {
    hint: 'Put the input back beside it',
  })
}

const askedKeys = new Set<string>([...identityFlags, 'promptFile', 'systemFile'])

/** Parts what is given into flags that make up requests, each checked, and everything else. */
const splitFlags = (given: object, checked: Readonly<Record<string, unknown>>) => {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const asked = entries.filter(([key]) => askedKeys.has(key)).map(([key]) => [key, checked[key]])
  return {
    asked: Object.fromEntries(asked) as GivenFlags,
    others: Object.fromEntries(entries.filter(([key]) => !askedKeys.has(key))) as Partial<RunOptions>,
  }
}

/** Where images lie says nothing of what is asked: all requests of a retry find theirs in the same folders. */
const pickRoots = ({ imageRoot }: Partial<RunOptions>): GivenFlags => (imageRoot === undefined ? {} : { imageRoot })

/** A retry that is made ready: the run's own options, and what is different. */
interface Prepared {
  readonly options: RunOptions
  readonly codes: ReadonlySet<FailureCode> | undefined
  readonly override: Retrial['override']
  readonly movedTo: string | undefined
  readonly notices: readonly string[]
}

const prepare = async ({ results, only, dryRun: _dryRun, input, schema, ...rest }: RetryOptions): Promise<Prepared> => {
  const checked = toSettings(retryOptions, { ...rest, only, input })
  const codes = parseCodes(checked.only)
  const { folder, manifest } = await findRun(results)
  const { asked, others } = splitFlags(rest, checked)
  const own = { ...optionsOf(manifest), ...(schema === undefined ? {} : { schema }) }
  // Without an environment: what the run was given is in its manifest.
  const ownSettings = await toRunSettings(own, {})
  const otherSettings =
    Object.keys(asked).length === 0
      ? ownSettings
      : await toRunSettings({ ...overrideFlags(own, asked), ...pickRoots(others) }, {})
  const isLimited = codes?.has('truncated') === true
  if (isLimited) checkLimit(ownSettings, otherSettings)
  const flags = findOverride(ownSettings, otherSettings)
  const source = await findSource(manifest, folder, input)
  const output = findOutput(manifest, folder, source)
  return {
    options: { ...own, ...others, input: source.source, output },
    codes,
    override: flags && { settings: otherSettings, flags },
    movedTo: source.movedTo,
    notices:
      isLimited && flags?.['maxTokens'] === undefined
        ? [`The run had no ${flagName('maxTokens')}: its answers were cut at another limit, and may be cut there again`]
        : [],
  }
}

/** Chooses rows, and counts the codes of the others. */
const createChooser = (codes: Prepared['codes']) => {
  const byCode = chooseByCode(codes)
  const others = new Map<string, number>()
  return {
    others,
    choose(outcome: Outcome): boolean {
      if (byCode(outcome)) return true
      const { errorCode } = outcome
      if (errorCode !== undefined) others.set(errorCode, (others.get(errorCode) ?? 0) + 1)
      return false
    },
  }
}

type Chooser = ReturnType<typeof createChooser>

const toFacts = ({ movedTo, override, options }: Prepared) => ({
  movedTo,
  flags: Object.keys(override?.flags ?? {}).map(flagName),
  badRows: options.badRows ?? 'stop',
})

const describeLeft = (rows: number): string =>
  `${rows === 1 ? '1 row has no outcome yet: it is' : `${showCount(rows)} rows have no outcome yet: they are`} not sent by retry, but by the run command`

/** What there is to say of a plan, beside what is sent. @throws PromptmillError as `checkRetryPlan` does */
const readPlan = (prepared: Prepared, chooser: Chooser, planned: { plan: Plan; memory: Recollection }): string[] => {
  const { plan, memory } = planned
  const { counts } = plan
  return [
    ...prepared.notices,
    ...checkRetryPlan(plan, memory, toFacts(prepared)),
    ...(counts.pending > 0 ? [] : [describeNothing(prepared.codes, chooser.others, plan)]),
    ...(plan.left === 0 ? [] : [describeLeft(plan.left)]),
  ]
}

/** Counts what is planned, and tells it before it is sent. */
const watchPlan = (prepared: Prepared, chooser: Chooser, session: Session) => {
  const { prices, ports, notify } = session
  const foresight = createForesight(prices, new Date(ports.clock.wall()))
  const watch: RetrialWatch = {
    watch: foresight.watch,
    async onPlanned(plan, memory) {
      for (const text of readPlan(prepared, chooser, { plan, memory })) notify.onNotice?.(text)
      const rows = plan.counts.pending
      if (rows === 0) return
      const { promptTokens, cost, unpricedRows } = await foresight.finish(rows)
      const codes = Object.fromEntries(plan.againCodes)
      const copies = countSharing(plan)
      const override = prepared.override?.flags ?? {}
      notify.onRetry?.({ rows, codes, copies, override, promptTokens, costUsd: cost, unpricedRows })
    },
    close: foresight.close,
  }
  return { foresight, watch }
}

/**
 * Sends the failed rows of a run once more, with the run's own settings unless others are given: `run` with another
 * choice of rows. What they cost before stays counted; an answer counts as that of the row whatever it was asked with,
 * and the settings of the run stay what they are.
 * @throws PromptmillError as `run` does; `not_a_run`; `bad_flag` for a code that does not exist, or a limit that would
 * cut answers again; `bad_input` when the input is gone, or not the run's
 */
export const retry = async (options: RetryOptions, ports: Ports, notify: Notify = {}): Promise<RunResult> => {
  const prepared = await prepare(options)
  const chooser = createChooser(prepared.codes)
  let see: ((outcome: Outcome) => void) | undefined
  return run(prepared.options, ports, {
    notify,
    retrial: {
      override: prepared.override,
      choose(outcome) {
        see?.(outcome)
        return chooser.choose(outcome)
      },
      open(session) {
        const { foresight, watch } = watchPlan(prepared, chooser, session)
        see = foresight.see
        return watch
      },
    },
  })
}

/** What a dry run tells: the rows by error code, and what sending them would take. */
export interface RetryEstimate extends Estimate {
  /** How many of the rows that would be sent have which error code. */
  readonly codes: Readonly<Record<string, number>>
  /** Further rows, which would share the calls of these (`--dedupe`). */
  readonly sharing: number
  /** Settings that would be sent in place of the run's own. */
  readonly override: NonNullable<Retrial['override']>['flags']
}

/**
 * Tells what `retry` with the same options would send, and what that would cost. Needs no key, sends and writes nothing.
 * @throws PromptmillError as `retry` does before it sends
 */
export const estimateRetry = async (
  options: RetryOptions,
  ports: Ports,
  onCounting: (progress: CountingProgress) => void = () => undefined,
): Promise<RetryEstimate> => {
  const { estimate } = await import('./estimate.js')
  const prepared = await prepare(options)
  const chooser = createChooser(prepared.codes)
  const { override } = prepared
  let codes = {}
  let sharing = 0
  const found = await estimate(prepared.options, ports, {
    onCounting,
    retrial: {
      override,
      choose: chooser.choose,
      onPlanned(plan, memory) {
        codes = Object.fromEntries(plan.againCodes)
        sharing = countSharing(plan)
        return readPlan(prepared, chooser, { plan, memory })
      },
    },
  })
  return { ...found, codes, sharing, override: override?.flags ?? {} }
}
