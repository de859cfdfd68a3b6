import { describe, expect, it } from 'vitest'
import { createCountingView } from '../../src/cli/counting-view.js'
import type { ProgressMode } from '../../src/cli/progress.js'
import type { Terminal } from '../../src/cli/terminal.js'
import { createVirtualClock } from './virtual-clock.js'

/** What is written when a reading of 30 seconds tells every tenth of a second how far it is. */
const watch = (mode: ProgressMode, stderrIsTty: boolean): readonly string[] => {
  const clock = createVirtualClock()
  const written: string[] = []
  const terminal: Terminal = {
    env: {},
    stdin: { async *[Symbol.asyncIterator]() {} },
    out: () => Promise.resolve(true),
    outForeign: () => Promise.resolve(true),
    say: line => void written.push(line),
    write: text => void written.push(text),
    stderrIsTty,
    columns: () => 80,
    color: false,
  }
  const view = createCountingView(mode, terminal, clock)
  for (let step = 1; step <= 300; step++) {
    clock.pass(100)
    view.show({ share: step / 300, requests: step * 10, promptTokens: step * 1000 })
  }
  view.close()
  return written
}

describe('the progress of a counting', () => {
  it('is a line every ten seconds in a file', () => {
    expect(watch('auto', false)).toEqual([
      'counting   33 %  1,000 requests  100,000 prompt tokens',
      'counting   66 %  2,000 requests  200,000 prompt tokens',
      'counting  100 %  3,000 requests  300,000 prompt tokens',
    ])
  })

  it('is redrawn in a terminal, and gone at the end', () => {
    const written = watch('auto', true)
    expect(written.length).toBeGreaterThan(100)
    expect(written.at(-1)).not.toContain('counting')
  })

  it('is an event a second for machines', () => {
    const events = watch('json', true).map(line => JSON.parse(line) as unknown)
    expect(events).toHaveLength(30)
    expect(events.at(-1)).toEqual({ event: 'counting', share: 1, requests: 3000, prompt_tokens: 300_000 })
  })

  it('is nothing where none is asked for', () => {
    expect(watch('none', true)).toEqual([])
  })
})
