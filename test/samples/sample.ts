import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRowTexts } from './row-texts.js'
import { splitWords } from './split-words.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const samplesFolder = path.join(root, 'samples')

/** Every folder under samples/, so that none can be forgotten. */
export const listSamples = async (): Promise<readonly string[]> =>
  (await readdir(samplesFolder, { withFileTypes: true })).filter(entry => entry.isDirectory()).map(entry => entry.name)

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A temporary copy of a sample's folder, in which its command runs as in the folder itself. */
export interface Sample {
  /** The command line that `command.txt` holds. */
  readonly command: string
  /** Runs the command, simulated. */
  rehearse(): Promise<Ended>
  /** `promptmill status --json` of the results. */
  readStatus(): Promise<Readonly<Record<string, unknown>>>
  readText(name: string): Promise<string>
  /** The rows of the input as JSON objects. */
  readInput(): Promise<readonly string[]>
  /** The results file, in bytes. */
  readResults(): Promise<Buffer>
  /** The rows of the results as JSON objects. */
  readResultRows(): Promise<readonly string[]>
  /** Removes the copy. */
  close(): Promise<void>
}

/** Without the key, endpoint and model that the tester's own environment may name. */
const plainEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OPENAI_')))

const runBuilt = (folder: string, words: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'dist', 'bin.js'), ...words], {
      cwd: folder,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', exitCode => {
      resolve({ exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
  })

const runFolderSuffix = '.run'

/** The results files in a folder, told by the run folders beside them. */
const findResults = (names: readonly string[]): readonly string[] =>
  names.filter(name => name.endsWith(runFolderSuffix)).map(name => name.slice(0, -runFolderSuffix.length))

/** A copy without what somebody's own run of the sample may have left. */
const copyFolder = async (from: string): Promise<string> => {
  const to = await mkdtemp(path.join(tmpdir(), 'promptmill-sample-'))
  const names = await readdir(from)
  const results = findResults(names)
  const left = new Set(results.flatMap(name => [name, name + runFolderSuffix]))
  for (const name of names)
    if (!left.has(name)) await cp(path.join(from, name), path.join(to, name), { recursive: true })
  return to
}

/** Opens a sample by its folder's name, in a new copy. */
export const openSample = async (name: string): Promise<Sample> => {
  const folder = await copyFolder(path.join(samplesFolder, name))
  const read = (file: string): Promise<Buffer> => readFile(path.join(folder, file))
  const command = (await read('command.txt')).toString().trimEnd()
  const [, ...words] = splitWords(command)
  const encoding = words.includes('--encoding') ? words[words.indexOf('--encoding') + 1] : undefined
  const resultsName = async (): Promise<string> => {
    const [only = '', ...more] = findResults(await readdir(folder))
    if (only === '' || more.length > 0) throw new Error(`${name}: one run was expected`)
    return only
  }
  return {
    command,
    rehearse: () => runBuilt(folder, [...words, '--simulate']),
    async readStatus() {
      const { stdout } = await runBuilt(folder, ['status', await resultsName(), '--json'])
      return JSON.parse(stdout) as Readonly<Record<string, unknown>>
    },
    readText: async file => (await read(file)).toString(),
    async readInput() {
      const [, first = '', job = ''] = words
      const named = first === '--config' ? /^input: (.*)$/m.exec((await read(job)).toString())?.[1] : first
      const input = named ?? ''
      return readRowTexts(input, await read(input), encoding)
    },
    readResults: async () => read(await resultsName()),
    readResultRows: async () => readRowTexts(await resultsName(), await read(await resultsName())),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
