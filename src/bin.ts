#!/usr/bin/env node
import { main } from './cli/main.js'
import { createTerminal } from './cli/terminal.js'

// The status is set, never forced with process.exit: output that a slow reader has not taken yet would be lost.
process.exitCode = await main(process.argv.slice(2), createTerminal(process))
