import { styleText } from 'node:util'
import { showText } from './plain-text.js'

/** What the command line needs of the process it runs in, so that everything else is free of it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array> & {
    readonly isTTY?: boolean
    on?(event: 'error', listener: () => void): unknown
    destroy?(error: Error): unknown
  }
  /** Data. Resolves when the reader has taken it; false once the reader has gone away (`| head`). */
  out(text: string): Promise<boolean>
  /** The same with texts from outside: a terminal shows what it would obey otherwise. */
  outForeign(text: string): Promise<boolean>
  /** Talk. */
  say(line: string): void
  /** Talk as it is, without a line's end: for what is redrawn in place. */
  write(text: string): void
  readonly stderrIsTty: boolean
  readonly columns: () => number
  readonly color: boolean
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours a text when the terminal wants colours. */
export const paint = (terminal: Pick<Terminal, 'color'>, style: Style, text: string): string =>
  // The stream check of styleText would look at stdout; ours has been made for stderr.
  terminal.color ? styleText(style, text, { validateStream: false }) : text

interface Pipe extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A writer that waits for a slow reader and falls silent, without harm, when the reader is gone. */
const createPipeWriter = (pipe: Pipe): ((text: string) => Promise<boolean>) => {
  let open = true
  pipe.on('error', () => {
    open = false
  })
  return text =>
    new Promise(resolve => {
      if (!open) return resolve(false)
      pipe.write(text, error => resolve(error === undefined || error === null ? open : false))
    })
}

/** The terminal of this process. */
export const createTerminal = (from: NodeJS.Process): Terminal => {
  const out = createPipeWriter(from.stdout)
  const talk = createPipeWriter(from.stderr)
  const { env } = from
  return {
    env,
    stdin: from.stdin,
    out,
    // Files and programs get it as it is; a terminal would obey what an answer holds.
    outForeign: text => out(from.stdout.isTTY ? showText(text) : text),
    say: line => void talk(`${line}\n`),
    write: text => void talk(text),
    stderrIsTty: from.stderr.isTTY === true,
    columns: () => from.stderr.columns ?? 80,
    color: from.stderr.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
  }
}
