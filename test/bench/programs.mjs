// Children of a benchmark: programs that run to their end and are measured, and servers that stay up meanwhile.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const place = name => fileURLToPath(new URL(name, import.meta.url))

/** The built program, as a user runs it. */
export const promptmill = place('../../dist/bin.js')
export const instantEndpoint = place('./instant-endpoint.mjs')
export const handWrittenLoop = place('./hand-written-loop.mjs')
export const bareTransport = place('./bare-transport.mjs')
export const parseOnly = place('./parse-only.mjs')
export const readRows = place('./read-rows.mjs')
export const bareTokenizer = place('./bare-tokenizer.mjs')

/** Nothing of the caller's: a key, a proxy or Node options of his would be measured too. */
const environment = extra => ({ PATH: process.env.PATH, ...extra })

/**
 * Runs a script to its end and measures it from outside: wall time from its start to its end, with Node's own start-up.
 * @param {string} script
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, exits?: readonly number[] }} options `exits`: the statuses that are as expected
 * @returns {Promise<{ wallMs: number, cpuMs: number, peakBytes: number, status: number, stdout: string }>}
 */
export const runProgram = async (script, args, { cwd, env, exits = [0] }) => {
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    ['--import', new URL('./report-usage.mjs', import.meta.url).href, script, ...args],
    {
      cwd,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  )
  const texts = [1, 2, 3].map(async fd => {
    let text = ''
    for await (const chunk of child.stdio[fd]) text += chunk
    return text
  })
  const [[status], [stdout, stderr, usage]] = await Promise.all([once(child, 'exit'), Promise.all(texts)])
  const wallMs = performance.now() - startedAt
  if (!exits.includes(status)) throw new Error(`${script} ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return { wallMs, ...JSON.parse(usage), status, stdout }
}

/**
 * Runs `work` beside a server, which is another process so that it does not take the client's time. It says its URL on
 * the first line that it prints.
 * @template T
 * @param {readonly string[]} args script and its arguments
 * @param {(url: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withServer = async (args, work) => {
  const child = spawn(process.execPath, args, { env: environment({}), stdio: ['ignore', 'pipe', 'pipe'] })
  let talk = ''
  child.stderr.on('data', text => {
    talk += text
  })
  try {
    const lines = createInterface({ input: child.stdout })
    const [url] = await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(([status]) => Promise.reject(new Error(`${args[0]} ended with ${status}:\n${talk}`))),
    ])
    return await work(url)
  } finally {
    if (child.exitCode === null) {
      child.kill()
      await once(child, 'exit')
    }
  }
}

/**
 * Runs `work` beside `promptmill simulate`.
 * @template T
 * @param {readonly string[]} flags
 * @param {(url: string) => Promise<T>} work
 */
export const withSimulator = (flags, work) => withServer([promptmill, 'simulate', '--port', '0', ...flags], work)

const readText = async (url, path) => {
  const response = await fetch(new URL(path, url))
  return await response.text()
}

/** Reads JSON from a path of the server's, such as `/ledger`. */
export const readJson = async (url, path) => JSON.parse(await readText(url, path))

/** The simulator's calls in order of their arrival. */
export const readCalls = async url => {
  const text = await readText(url, '/ledger/calls')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

/** Complains when an endpoint got other than the expected number of calls: then the times mean nothing. */
export const checkCalls = (what, calls, expected) => {
  if (calls !== expected) throw new Error(`${what} made ${calls} calls instead of ${expected}`)
}
