import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type Interrupts, listenForInterrupts } from '../../src/cli/interrupts.js'

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** A process that gets signals, and what is said to them. */
const listen = () => {
  const from = new EventEmitter()
  const said: string[] = []
  const interrupts = listenForInterrupts(from as NodeJS.Process, text => said.push(text))
  const notify = interrupts.follow({})
  return { from, said, interrupts, notify, press: (signal: Signal = 'SIGINT') => void from.emit(signal) }
}

const aborted = ({ signal, abandonSignal, dropSignal }: Interrupts): string =>
  [signal, abandonSignal, dropSignal].map(each => (each.aborted ? 'x' : '-')).join('')

describe('Ctrl-C', () => {
  it('says that nothing was sent while the input is read', () => {
    const { press, said, interrupts } = listen()
    press()
    expect(said).toEqual(['Stopping; nothing has been sent'])
    expect(aborted(interrupts)).toBe('x--')
  })

  it('lets what is in flight finish, then abandons it, then leaves the results alone', () => {
    const { press, said, interrupts, notify } = listen()
    notify.onSending?.(() => {
      throw new Error('Nobody asks')
    })
    const steps = [1, 2, 3].map(() => {
      press()
      return aborted(interrupts)
    })
    expect(steps).toEqual(['x--', 'xx-', 'xxx'])
    expect(said).toEqual([
      'Finishing what is in flight; press Ctrl-C again to abandon it',
      'Abandoning what is in flight; press Ctrl-C again to leave the results unwritten too',
    ])
  })

  it('lets the results be written at first, and leaves them as they were the next time', () => {
    const { press, said, interrupts, notify } = listen()
    notify.onWriting?.()
    press()
    expect(aborted(interrupts)).toBe('x--')
    press()
    expect(aborted(interrupts)).toBe('xxx')
    expect(said).toEqual([
      'Writing the results; press Ctrl-C again to leave them as they were',
      'Leaving the results as they were; every answer is in the journal',
    ])
  })

  it('says what it does after two during the sending, and nothing more', () => {
    const { press, said, interrupts, notify } = listen()
    press()
    press()
    notify.onWriting?.()
    expect(aborted(interrupts)).toBe('xx-')
    press()
    press()
    expect(said.slice(1)).toEqual(['Leaving the results as they were; every answer is in the journal'])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends with %i, whatever follows', (signal, status) => {
    const { press, interrupts } = listen()
    expect(interrupts.exitStatus()).toBeUndefined()
    press(signal)
    press('SIGINT')
    expect(interrupts.exitStatus()).toBe(status)
  })

  it('is left to the system afterwards', () => {
    const { from, interrupts } = listen()
    interrupts.stop()
    expect(from.listenerCount('SIGINT')).toBe(0)
  })
})
