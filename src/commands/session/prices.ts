import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { systemCode } from '../../core/errors.js'
import { unreadableNamedFile } from '../../core/unreadable.js'
import { loadPriceBook, type PriceBook, withPriceFile } from '../../pricing/price-book.js'
import { parsePriceFile } from '../../pricing/price-file.js'

/** Where a run keeps the price file it was given: a later session, and `status`, price alike without it. */
const keptName = 'prices.json'

const readPriceText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw unreadableNamedFile('bad_price', `--prices ${file}`, cause)
  }
}

const readKept = async (folder: string): Promise<string | undefined> => {
  try {
    return await readFile(path.join(folder, keptName), 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * Loads the prices that come with promptmill, and before them those of a file: the one given, else the one that the run
 * was given earlier.
 * @param folder run folder, where there is one
 * @throws PromptmillError `bad_price`, naming the place in the file
 */
export const loadPrices = async (file: string | undefined, folder?: string): Promise<PriceBook> => {
  const book = await loadPriceBook()
  if (file !== undefined) return withPriceFile(book, parsePriceFile(await readPriceText(file), file), file)
  const kept = folder === undefined ? undefined : await readKept(folder)
  if (kept === undefined || folder === undefined) return book
  const name = path.join(folder, keptName)
  return withPriceFile(book, parsePriceFile(kept, name), name)
}

/** Keeps a copy of the price file in the run folder, whole or not at all. */
export const keepPrices = async (file: string | undefined, folder: string): Promise<void> => {
  if (file === undefined) return
  // One name for all sessions, of which one at a time holds the folder: what a killed one left behind goes first.
  const temporary = path.join(folder, `.${keptName}.tmp`)
  await rm(temporary, { force: true })
  await writeFile(temporary, await readPriceText(file), { mode: 0o600, flag: 'wx' })
  await rename(temporary, path.join(folder, keptName))
}
