import { realpath } from 'node:fs/promises'
import { PromptmillError, systemCode } from '../../core/errors.js'
import { createResultsFile, type TextSink } from '../../output/results-file.js'
import type { Drafts } from '../../prompt/drafts.js'
import { stopWriting } from '../interrupted.js'
import type { Plan } from '../plan/plan.js'
import type { Ports } from '../ports.js'
import type { Job } from '../session/job.js'
import { addedShape, type RunSettings } from '../session/settings.js'
import { type OutcomeSource, type Projection, projectResults } from './project.js'

/** Standard output as a sink: a reader that has seen enough (`| head`) is no failure. */
const createOutSink = (out: Ports['out']): TextSink => ({
  async write(text) {
    await out(text)
  },
  finish: () => Promise.resolve(),
  discard: () => Promise.resolve(),
})

const openSink = async (job: Job, ports: Ports): Promise<TextSink> => {
  const { file } = job.place
  if (file === undefined) return createOutSink(ports.out)
  // A link keeps pointing where it did: the file behind it is replaced.
  return createResultsFile(await realpath(file).catch(() => file))
}

const cannotWrite = (job: Job, cause: unknown): PromptmillError =>
  new PromptmillError('disk', `${job.place.file ?? 'The results'} cannot be written (${systemCode(cause)})`, {
    hint: `Every answer is safe in ${job.folder}. Make room or give permission, then give the same command again`,
    cause,
  })

export interface WriteOptions {
  readonly source: OutcomeSource & { readonly drafts: Drafts }
  readonly ports: Ports
  readonly settings: RunSettings
  readonly dropSignal: AbortSignal | undefined
}

/**
 * Writes the results of a run: whole or not at all.
 * @throws PromptmillError `disk`, `interrupted`; the answers are in the journal then
 */
export const writeResults = async (
  job: Job,
  plan: Plan,
  { source, ports, settings, dropSignal }: WriteOptions,
): Promise<Projection> => {
  const onBatch = (): void => stopWriting(dropSignal, job.folder)
  onBatch()
  let sink: TextSink | undefined
  try {
    sink = await openSink(job, ports)
    const shape = { format: job.place.format, columns: plan.columns, excel: settings.excel, ...addedShape(settings) }
    return await projectResults(job.source.input, source, { shape, sink, idColumn: settings.idColumn, onBatch })
  } catch (error) {
    await sink?.discard()
    if (error instanceof PromptmillError || systemCode(error) === undefined) throw error
    throw cannotWrite(job, error)
  }
}
