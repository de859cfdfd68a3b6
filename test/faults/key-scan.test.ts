import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Respond, Scripted } from '../../src/simulator/scripted.js'
import { filesUnder, findKey } from '../secrets/key-forms.js'
import { makeDrill } from './drill.js'
import { say } from './form.js'
import { startHeldEndpoint } from './held-endpoint.js'
import { startLocalEndpoint } from './local-endpoint.js'
import { type Ending, runProgram } from './program.js'
import { resumeHere } from './resume.js'
import { answerShortly, promptOf } from './short-answers.js'

/** Every character that an encoding would change is in it. */
const canary = 'sk-canary-7Qz/+=%\\~4WvXpL09'

/** The key as an unkind server would give it back. */
const echoes = [
  `Incorrect API key provided: ${canary}`,
  `Bearer ${canary}`,
  `key=${encodeURIComponent(canary)}&model=gpt`,
  Buffer.from(canary).toString('base64'),
  Buffer.from(`user:${canary}`).toString('base64'),
  Buffer.from(`Bearer ${canary}`).toString('base64'),
  JSON.stringify({ authorization: `Bearer ${canary}` }),
]

const errorBody = (message: string): string =>
  JSON.stringify({ error: { message, type: 'invalid_request_error', param: message, code: message } })

/** Each row gets the key back in another way; the first is answered, the last ends the run. */
const echoKey: Respond = call => {
  const row = Number(/Question (\d+):/.exec(promptOf(call))?.[1]) - 1
  const echo = echoes[row % echoes.length] ?? ''
  const headers = { 'x-request-id': echo, 'retry-after-ms': '1' }
  const ways: readonly Scripted[] = [
    { status: 400, body: errorBody(echo), headers },
    { status: 500, body: `<html><body>${echo}</body></html>`, headers: { ...headers, 'content-type': 'text/html' } },
    { status: 422, body: echo, headers },
    { status: 200, body: errorBody(echo), headers },
    { status: 200, body: `<html><body>${echo}</body></html>`, headers: { ...headers, 'content-type': 'text/html' } },
    { status: 302, body: echo, headers: { ...headers, location: `http://127.0.0.1:9/${encodeURIComponent(canary)}` } },
  ]
  if (row === 0) return answerShortly(call)
  if (row === rows - 1) return { status: 401, body: errorBody(echo), headers }
  return ways[Math.floor(row / echoes.length) % ways.length]
}
const rows = 1 + 6 * echoes.length + 1

it('C6: a key that the endpoint gives back in its errors is in no file and in no message', async () => {
  const drill = await makeDrill(rows)
  const endpoint = await startLocalEndpoint({}, { respond: echoKey })
  const env = { OPENAI_API_KEY: canary, OPENAI_LOG: 'debug', DEBUG: '*' }
  const texts = new Map<string, string>()
  const keep = (name: string, { stdout, stderr }: Ending & { stdout: string; stderr: string }): void => {
    texts.set(`stdout of ${name}`, stdout)
    texts.set(`stderr of ${name}`, stderr)
  }
  const flags = ['--retries', '1', '--progress', 'json', '--concurrency', '1']
  const run = await drill.run(endpoint.url, { flags, env })
  keep('run', run)
  expect(run.status, run.stderr).toBe(1)
  const options = { cwd: drill.folder, env }
  keep('retry', await runProgram(['retry', drill.results, '--retries', '0'], options))
  keep('status', await runProgram(['status', drill.results], options))
  keep('status --json', await runProgram(['status', drill.results, '--json'], options))
  keep(
    'a wrong base URL',
    await runProgram(drill.words(`http://user:${encodeURIComponent(canary)}@127.0.0.1:9/v1`), options),
  )
  await writeFile(path.join(drill.folder, '.env'), `OPENAI_API_KEY="${canary}"\n`)
  keep('a key with a line break', await drill.run(endpoint.url, { flags, env: { OPENAI_API_KEY: `${canary}\nx` } }))
  const files = (await filesUnder(drill.folder)).filter(file => !file.endsWith('.env'))
  for (const file of files) texts.set(path.relative(drill.folder, file), await readFile(file, 'latin1'))
  expect(findKey(texts, canary)).toEqual([])

  // The search can find: the answers did come, and were not left out.
  expect(findKey(new Map(echoes.map((echo, index) => [`echo ${index}`, echo])), canary).length).toBeGreaterThanOrEqual(
    echoes.length,
  )
  const codes = (await drill.readResults()).map(row => row['error_code'])
  expect(new Set(codes).size).toBeGreaterThan(2)
  const bytes = [...texts.values()].reduce((sum, text) => sum + text.length, 0)
  say(`C6: ${bytes} bytes in ${files.length} files and ${texts.size - files.length} streams, the key in none of them`)
})

/** Loaded before the program: at a signal it dies of an error of its own, in the middle of whatever it does. */
const crash = `data:text/javascript,${encodeURIComponent(
  "process.on('SIGUSR2', () => { throw new Error('a bug of its own') })",
)}`

it.skipIf(process.platform === 'win32')(
  'C7: with everything about debugging switched on, and a crash, the key is in no file and in no message',
  async () => {
    const drill = await makeDrill(30)
    const endpoint = await startHeldEndpoint(3)
    const debugging = { NODE_DEBUG: 'http,https,net,tls,fs,undici,fetch,stream', DEBUG: '*', OPENAI_LOG: 'debug' }
    const program = drill.start(endpoint.url, {
      flags: ['--progress', 'json'],
      env: { ...debugging, OPENAI_API_KEY: canary },
      nodeOptions: ['--trace-uncaught', '--trace-warnings', '--import', crash],
    })
    await endpoint.reached(4)
    program.child.kill('SIGUSR2')
    expect((await program.ended).status).not.toBe(0)
    expect(program.stderr()).toContain('a bug of its own')
    const texts = new Map([
      ['stdout', program.stdout()],
      ['stderr', program.stderr()],
    ])
    const files = await filesUnder(drill.folder)
    for (const file of files) texts.set(path.relative(drill.folder, file), await readFile(file, 'latin1'))
    expect(files.some(file => file.endsWith('.jsonl'))).toBe(true)
    expect(findKey(texts, canary)).toEqual([])

    endpoint.release()
    await resumeHere(drill, endpoint.url)
    expect((await drill.readResults()).map(row => row['status'])).toEqual(drill.input.map(() => 'ok'))
  },
)
