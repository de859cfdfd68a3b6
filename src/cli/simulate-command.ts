import { countOf } from '../core/count-words.js'
import { type SimulatorOptions, simulatorOptions } from '../simulator/options.js'
import { startSimulator } from '../simulator/start.js'
import { listenForInterrupts } from './interrupts.js'
import type { Terminal } from './terminal.js'

export { simulatorOptions }

/** `promptmill simulate`: serves until it is interrupted. */
export const simulateCommand = async (terminal: Terminal, options: SimulatorOptions): Promise<number> => {
  const simulator = await startSimulator(options)
  const ended = new Promise<void>(resolve => {
    const interrupts = listenForInterrupts(process, () => resolve())
    interrupts.signal.addEventListener('abort', () => interrupts.stop(), { once: true })
  })
  const { origin } = new URL(simulator.url)
  await terminal.out(`${simulator.url}\n`)
  terminal.say(`Simulated endpoint: promptmill run FILE --model gpt-4o-mini --base-url ${simulator.url}`)
  terminal.say(`Ledger: ${origin}/ledger. Ctrl-C ends it.`)
  await ended
  const { answered, cost_usd } = simulator.ledger()
  await simulator.close()
  terminal.say(`${countOf(answered, 'answer')}, ${cost_usd} USD`)
  return 0
}
