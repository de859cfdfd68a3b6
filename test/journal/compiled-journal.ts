import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const compiler = path.join(
  path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
)

const compilerOptions =
  '--ignoreConfig --strict --rootDir src --module nodenext --target es2023 --lib es2023 --types node --skipLibCheck'.split(
    ' ',
  )

export interface CompiledJournal {
  /** What a child process imports. */
  url(module: string): string
  remove(): Promise<void>
}

/** Compiles the journal as it is now, for child processes: they cannot read TypeScript on every Node we support. */
export const compileJournal = async (): Promise<CompiledJournal> => {
  const target = await mkdtemp(path.join(os.tmpdir(), 'promptmill-compiled-'))
  const sources = ['open', 'lock'].map(name => path.join('src', 'journal', `${name}.ts`))
  await promisify(execFile)(process.execPath, [compiler, ...compilerOptions, '--outDir', target, ...sources], {
    cwd: root,
  })
  await writeFile(path.join(target, 'package.json'), '{"type":"module"}')
  return {
    url: module => pathToFileURL(path.join(target, 'journal', `${module}.js`)).href,
    remove: () => rm(target, { recursive: true, force: true }),
  }
}

/** A script beside this file that child processes run. */
export const childScript = (name: string): string => fileURLToPath(new URL(`children/${name}.mjs`, import.meta.url))
