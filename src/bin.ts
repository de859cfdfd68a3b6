#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { load } from './cli/load.js'

// A run is a stream: what lives is small and steady, the rest is garbage. Left alone, V8 lets the heap grow to four times
// what lives before it looks; at half as much again a million rows stay within the memory of ten thousand.
setFlagsFromString('--heap-growing-percent=50')

const { main } = (await load('./main.js')) as typeof import('./cli/main.js')
const { createTerminal } = (await load('./terminal.js')) as typeof import('./cli/terminal.js')

// The status is set, never forced with process.exit: output that a slow reader has not taken yet would be lost.
process.exitCode = await main(process.argv.slice(2), createTerminal(process))
