import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { PromptmillError } from '../../core/errors.js'
import type { RunFlagSettings } from '../../core/options.js'
import { readGivenColumns } from '../../input/column-names.js'
import type { NamedFile } from '../../input/expand-paths.js'
import { fingerprintFile, type InputFingerprint } from '../../input/fingerprint.js'
import type { InputFormat } from '../../input/format.js'
import { type Input, type InputOptions, openInput } from '../../input/open.js'
import { openInputs } from '../../input/open-several.js'
import { spoolRows, spoolStream } from '../../input/spool.js'
import { sourceName } from '../../output/columns.js'
import { type ChoiceFlags, chooseRows } from '../plan/choice.js'
import { type OnRagged, setRaggedAside } from './ragged-rows.js'
import type { ResolvedSource, Stream } from './resolve-source.js'

/** An opened input, and how its files looked when they were opened. */
export interface OpenedSource {
  readonly input: Input
  /** Whether it is a copy in the run folder, of standard input or of a program's rows. */
  readonly spooled: boolean
  /** One for each of the input's files. */
  readonly fingerprints: readonly InputFingerprint[]
}

type ReadFlags = Pick<RunFlagSettings, 'format' | 'delimiter' | 'encoding' | 'noHeader' | 'columns' | 'outputPrefix'> &
  ChoiceFlags & {
    /** Reads on after ragged rows of a table and tells of them; without it the first one ends the reading. */
    readonly onRagged?: OnRagged | undefined
  }

/** A source that can be read again. */
export type FileSource = Exclude<ResolvedSource, { readonly kind: 'stream' }>

const toInputOptions = async ({
  format,
  delimiter,
  encoding,
  noHeader,
  columns,
  onRagged,
}: ReadFlags): Promise<InputOptions> => ({
  format,
  delimiter,
  encoding,
  columns: await readGivenColumns({ noHeader, columns }),
  keepRagged: onRagged !== undefined,
})

const chooseFrom = (opened: Input, flags: ReadFlags): Input =>
  chooseRows(flags.onRagged === undefined ? opened : setRaggedAside(opened, flags.onRagged), flags)

const takeFingerprints = async (files: readonly NamedFile[]): Promise<InputFingerprint[]> => {
  const fingerprints: InputFingerprint[] = []
  for (const file of files) fingerprints.push(await fingerprintFile(file.path))
  return fingerprints
}

/** Opens one file of rows, or several as one input. @throws PromptmillError `bad_input`, and for a choice of rows that is none */
export const openFiles = async (source: FileSource, flags: ReadFlags): Promise<OpenedSource> => {
  const options = await toInputOptions(flags)
  const opened =
    source.kind === 'file'
      ? await openInput(source.path, options)
      : await openInputs(source.files, options, sourceName(flags.outputPrefix ?? ''))
  const input = chooseFrom(opened, flags)
  return { input, spooled: false, fingerprints: await takeFingerprints(input.files) }
}

const isBytes = (source: Stream): source is { readonly bytes: AsyncIterable<Uint8Array> } =>
  'bytes' in source && typeof source.bytes === 'object'

/**
 * The format in which a stream is kept: rows from a program as JSONL, bytes as they come.
 * @throws PromptmillError `bad_flag` when bytes come without a format
 */
export const streamFormat = (source: Stream, { format }: ReadFlags): InputFormat => {
  if (!isBytes(source)) return 'jsonl'
  if (format !== undefined) return format
  throw new PromptmillError('bad_flag', 'Standard input has no name that says its format', {
    hint: 'Give --format csv, tsv, jsonl or json',
  })
}

/** Where the rows of a stream are kept. */
export const copyOf = (runFolder: string, format: InputFormat): string => path.join(runFolder, `input.${format}`)

/** Copies a stream into the run folder, so that it too can be resumed. */
const spool = (source: Stream, file: string): Promise<void> =>
  isBytes(source) ? spoolStream(source.bytes, file) : spoolRows(source, file)

/**
 * Opens rows that are no file: copies them into the run folder first. A stream that brings nothing stands for the copy
 * that is there.
 * @throws PromptmillError `bad_input`, `disk`
 */
export const openStream = async (source: Stream, flags: ReadFlags, runFolder: string): Promise<OpenedSource> => {
  const format = streamFormat(source, flags)
  const file = copyOf(runFolder, format)
  await spool(source, file)
  const name = isBytes(source) ? 'standard input' : 'the rows given'
  const opened = await openInput(file, { ...(await toInputOptions(flags)), format, name })
  const input = chooseFrom(opened, flags)
  return { input, spooled: true, fingerprints: await takeFingerprints(input.files) }
}

/**
 * Opens rows to look at them: a stream is copied into a temporary folder, which `close` removes.
 * @throws PromptmillError `bad_input`, `bad_flag`, `disk`
 */
export const openForReading = async (
  from: ResolvedSource,
  flags: ReadFlags,
): Promise<{ readonly source: OpenedSource; close(): Promise<void> }> => {
  if (from.kind !== 'stream') return { source: await openFiles(from, flags), close: () => Promise.resolve() }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'promptmill-'))
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    return { source: await openStream(from.stream, flags, folder), close }
  } catch (error) {
    await close()
    throw error
  }
}
