import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { version } from '../../src/core/version.js'
import { renderReadme } from './sections.js'

const root = path.resolve(import.meta.dirname, '../..')
const file = path.join(root, 'README.md')

describe('the README', () => {
  it('says of flags, columns, codes and events what the program says (UPDATE_README=1 writes it)', async () => {
    const readme = await readFile(file, 'utf8')
    const rendered = renderReadme(readme)
    if (process.env['UPDATE_README'] === '1') await writeFile(file, rendered)
    else expect(rendered).toBe(readme)
  })

  it('links to files that are there', async () => {
    const readme = await readFile(file, 'utf8')
    const links = [...readme.matchAll(/\]\((?!#|https?:)([^)]+)\)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links)
      await expect(readFile(path.join(root, link)).catch((e: NodeJS.ErrnoException) => e.code)).resolves.not.toBe(
        'ENOENT',
      )
  })
})

describe('the version', () => {
  it('is that of the package', async () => {
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string }
    expect(version).toBe(manifest.version)
  })
})
