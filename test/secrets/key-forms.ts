import { readdir } from 'node:fs/promises'
import path from 'node:path'

/**
 * What a key looks like in base64, wherever it stands in what was encoded: the three alignments, without the characters
 * at either end that depend on its neighbours.
 */
const base64FormsOf = (key: string): string[] =>
  [0, 1, 2].map(shift => {
    const text = Buffer.from(' '.repeat(shift) + key)
      .toString('base64')
      .replaceAll('=', '')
    return text.slice(Math.ceil((shift * 4) / 3), -1)
  })

const formsOf = (key: string): Readonly<Record<string, string>> => ({
  plain: key,
  'URL-encoded': encodeURIComponent(key),
  'JSON-escaped': JSON.stringify(key).slice(1, -1),
  'JSON-escaped twice': JSON.stringify(JSON.stringify(key)).slice(3, -3),
  ...Object.fromEntries(base64FormsOf(key).map((form, shift) => [`base64, shifted by ${shift}`, form])),
})

/** Says in which of these texts a key is to be found, and in which form. */
export const findKey = (texts: ReadonlyMap<string, string>, key: string): string[] => {
  const forms = Object.entries(formsOf(key))
  return [...texts].flatMap(([where, text]) =>
    forms.flatMap(([form, needle]) => (text.includes(needle) ? [`${where}: ${form}`] : [])),
  )
}

/** All files below a folder. */
export const filesUnder = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
