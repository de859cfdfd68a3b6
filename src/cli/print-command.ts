import { readEnvironment } from './environment.js'
import { givenFlags } from './flags.js'
import { jobOptions } from './job/keys.js'
import { printJob } from './job/print.js'
import type { Terminal } from './terminal.js'

/** `promptmill run --print-config` */
export const printCommand = async (terminal: Terminal, parsed: Readonly<Record<string, unknown>>): Promise<number> => {
  const job = { ...givenFlags(parsed, jobOptions), input: parsed['input'] }
  await terminal.out(await printJob(job, readEnvironment(terminal.env)))
  return 0
}
