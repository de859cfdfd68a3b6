import type { Ports } from '../commands/ports.js'
import { systemClock } from '../core/clock.js'
import { collectGarbage } from './collect.js'
import { readEnvironment } from './environment.js'
import type { Terminal } from './terminal.js'

/** What a use case reaches the world by. Results that go to standard output hold texts from outside. */
export const createPorts = (terminal: Terminal): Ports => ({
  env: readEnvironment(terminal.env),
  clock: systemClock,
  random: Math.random,
  out: terminal.outForeign,
  collect: collectGarbage,
})
