import type { JsonObject, JsonRow, Row, RowFault, TableRow } from '../core/model.js'
import type { CellReader } from './cells.js'
import { type ImageSource, imageFault, readImageCell } from './image-cells.js'
import { type ImageFile, type ImageFiles, mostPayloadBytes, toBase64Length, tooLarge } from './image-files.js'

/** Which columns name images, and how closely the model shall look at them (the API's own word). */
export interface ImageSettings {
  readonly columns: readonly string[]
  readonly detail: string | undefined
}

/** The images of a row: as parts of a message, in the order of columns and cells, and those among them that are files. */
export interface RowImages {
  readonly fault?: undefined
  readonly parts: readonly JsonObject[]
  readonly files: readonly ImageFile[]
}

/** Most images of a request (OpenAI guide "Images and vision", section "Image input requirements"). */
const mostImages = 1500

const none: RowImages = { parts: [], files: [] }

/** Where the images lie that a row names by their path: beside the input that the row comes from. */
export type FilesOf = (row: Row) => ImageFiles

/** So many files are read at once while rows are planned. */
const readers = 8

const isFault = (value: object): value is RowFault => 'code' in value

/** Reads the images that rows name. */
export interface ImageReader {
  /** Looks at the files that these rows name: awaited before `of` is asked for them. */
  prepare(rows: readonly Row[]): Promise<void>
  of(row: TableRow | JsonRow): RowImages | { readonly fault: RowFault }
}

/** What a run without images does for them. */
export const noImages: ImageReader = { prepare: () => Promise.resolve(), of: () => none }

const checkSize = (files: readonly ImageFile[], count: number): RowFault | undefined => {
  if (count > mostImages) return imageFault('image_too_large', `more than ${mostImages} images`, `${count} images`)
  const characters = files.reduce((sum, { bytes }) => sum + toBase64Length(bytes), 0)
  return characters > mostPayloadBytes ? imageFault('image_too_large', tooLarge, `${files.length} images`) : undefined
}

/** The images of rows, in these columns. */
export const createImageReader = (
  { columns, detail }: ImageSettings,
  { read, filesOf }: { readonly read: CellReader; readonly filesOf: FilesOf },
): ImageReader => {
  /** The files of the rows that were prepared last, by input and name. */
  const looked = new Map<ImageFiles, Map<string, ImageFile | RowFault | undefined>>()

  const sourcesOf = (row: TableRow | JsonRow): readonly ImageSource[] | RowFault => {
    const sources: ImageSource[] = []
    for (const column of columns) {
      const named = readImageCell(read(row, column) ?? '')
      if (isFault(named)) return named
      sources.push(...named)
    }
    return sources
  }
  const entryOf = (files: ImageFiles): Map<string, ImageFile | RowFault | undefined> => {
    const entry = looked.get(files) ?? new Map<string, ImageFile | RowFault | undefined>()
    looked.set(files, entry)
    return entry
  }
  const toPart = (url: string): JsonObject => ({
    type: 'image_url',
    image_url: detail === undefined ? { url } : { url, detail },
  })

  return {
    async prepare(rows) {
      looked.clear()
      for (const row of rows) {
        const sources = row.form === 'unreadable' ? [] : sourcesOf(row)
        if (isFault(sources)) continue
        const files = filesOf(row)
        for (const source of sources) if (source.kind === 'file') entryOf(files).set(source.name, undefined)
      }
      const left = [...looked]
        .flatMap(([files, found]) => [...found.keys()].map(name => ({ files, found, name })))
        .values()
      const readOn = async (): Promise<void> => {
        for (const { files, found, name } of left) found.set(name, await files.look(name))
      }
      await Promise.all(Array.from({ length: readers }, readOn))
    },
    of(row) {
      const sources = sourcesOf(row)
      if (isFault(sources)) return { fault: sources }
      if (sources.length === 0) return none
      const shown: ImageFile[] = []
      const parts: JsonObject[] = []
      for (const source of sources) {
        const file = source.kind === 'file' ? looked.get(filesOf(row))?.get(source.name) : undefined
        if (file !== undefined && isFault(file)) return { fault: file }
        if (source.kind === 'file' && file === undefined) throw new Error('the row was not prepared')
        if (file !== undefined) shown.push(file)
        parts.push(toPart(source.kind === 'url' ? source.url : (file?.reference ?? '')))
      }
      const fault = checkSize(shown, sources.length)
      return fault === undefined ? { parts, files: shown } : { fault }
    },
  }
}
