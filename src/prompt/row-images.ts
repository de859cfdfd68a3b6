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

/** The images of a row, with the files that were looked at for it. */
export type ImagesOf = (row: TableRow | JsonRow) => RowImages | { readonly fault: RowFault }

/** Reads the images that rows name. */
export interface ImageReader {
  /** Looks at the files that these rows name. What it gives knows the files of these rows alone. */
  look(rows: readonly Row[]): Promise<ImagesOf>
  /** For rows that name URLs alone; throws for one that names a file. */
  readonly unlooked: ImagesOf
}

/** The images of a row where no column names any. */
export const noImages: ImagesOf = () => none

type Looked = Map<ImageFiles, Map<string, ImageFile | RowFault | undefined>>

/** Looks at every file that has not been looked at, several at once. */
const lookAtAll = async (looked: Looked): Promise<void> => {
  const left = [...looked].flatMap(([files, found]) => [...found.keys()].map(name => ({ files, found, name }))).values()
  const readOn = async (): Promise<void> => {
    for (const { files, found, name } of left) found.set(name, await files.look(name))
  }
  await Promise.all(Array.from({ length: readers }, readOn))
}

const checkSize = (files: readonly ImageFile[], count: number): RowFault | undefined => {
  if (count > mostImages) return imageFault('image_too_large', `more than ${mostImages} images`, `${count} images`)
  const characters = files.reduce((sum, { bytes }) => sum + toBase64Length(bytes), 0)
  return characters > mostPayloadBytes ? imageFault('image_too_large', tooLarge, `${files.length} images`) : undefined
}

/** Whether a cell can name images: a member of JSON may be a number, a truth value or an object instead. */
const namesImages = (row: TableRow | JsonRow, column: string): boolean => {
  if (row.form === 'table' || !Object.hasOwn(row.record, column)) return true
  const value = row.record[column]
  return typeof value === 'string' || value === null || Array.isArray(value)
}

const notText = (cell: string): RowFault =>
  imageFault('image_invalid', 'an image is named by no text: write its path or URL, or a list of them', cell)

/** The images of rows, in these columns. */
export const createImageReader = (
  { columns, detail }: ImageSettings,
  { read, filesOf }: { readonly read: CellReader; readonly filesOf: FilesOf },
): ImageReader => {
  const sourcesOf = (row: TableRow | JsonRow): readonly ImageSource[] | RowFault => {
    const sources: ImageSource[] = []
    for (const column of columns) {
      const cell = read(row, column) ?? ''
      const named = namesImages(row, column) ? readImageCell(cell) : notText(cell)
      if (isFault(named)) return named
      sources.push(...named)
    }
    return sources
  }
  const toPart = (url: string): JsonObject => ({
    type: 'image_url',
    image_url: detail === undefined ? { url } : { url, detail },
  })

  const ofRow = (row: TableRow | JsonRow, looked: Looked): ReturnType<ImagesOf> => {
    const sources = sourcesOf(row)
    if (isFault(sources)) return { fault: sources }
    if (sources.length === 0) return none
    const shown: ImageFile[] = []
    const parts: JsonObject[] = []
    for (const source of sources) {
      if (source.kind === 'url') {
        parts.push(toPart(source.url))
        continue
      }
      const file = looked.get(filesOf(row))?.get(source.name)
      if (file === undefined) throw new Error('nobody looked at the files of the row')
      if (isFault(file)) return { fault: file }
      shown.push(file)
      parts.push(toPart(file.reference))
    }
    const fault = checkSize(shown, sources.length)
    return fault === undefined ? { parts, files: shown } : { fault }
  }

  return {
    unlooked: row => ofRow(row, new Map()),
    async look(rows) {
      const looked: Looked = new Map()
      for (const row of rows) {
        const sources = row.form === 'unreadable' ? [] : sourcesOf(row)
        if (isFault(sources)) continue
        for (const source of sources) {
          if (source.kind === 'url') continue
          const files = filesOf(row)
          const found = looked.get(files) ?? new Map<string, ImageFile | RowFault | undefined>()
          looked.set(files, found.set(source.name, undefined))
        }
      }
      await lookAtAll(looked)
      return row => ofRow(row, looked)
    },
  }
}
