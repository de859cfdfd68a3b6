import { describe, expect, it } from 'vitest'
import { createLiveLines } from '../../src/cli/live-lines.js'
import { createVirtualScreen } from './virtual-screen.js'

const openLines = (columns = 20) => {
  const screen = createVirtualScreen(columns)
  const writes: string[] = []
  const size = { columns }
  const lines = createLiveLines({
    columns: () => size.columns,
    write(text) {
      writes.push(text)
      screen.write(text)
    },
  })
  return { screen, writes, size, lines }
}

describe('createLiveLines', () => {
  it('changes its lines in place, also when they get shorter or fewer', () => {
    const { screen, lines } = openLines()
    lines.draw(['one of two', 'two of two'])
    expect(screen.lines()).toEqual(['one of two', 'two of two'])
    lines.draw(['one', 'two'])
    expect(screen.lines()).toEqual(['one', 'two'])
    lines.draw(['alone'])
    expect(screen.lines()).toEqual(['alone'])
  })

  it('prints what stays above them', () => {
    const { screen, lines } = openLines()
    lines.say('before')
    lines.draw(['bar', 'tail'])
    lines.say('第一 note, much longer than the screen is wide')
    lines.say('second')
    lines.draw(['bar 2', 'tail 2'])
    expect(screen.lines()).toEqual([
      'before',
      '第一 note, much long',
      'er than the screen i',
      's wide',
      'second',
      'bar 2',
      'tail 2',
    ])
  })

  it('leaves nothing behind when cleared, and the cursor where a line begins', () => {
    const { screen, lines } = openLines()
    lines.say('before')
    lines.draw(['bar', 'tail'])
    lines.clear()
    expect(screen.lines()).toEqual(['before'])
    expect(screen.cursor()).toEqual({ row: 1, column: 0 })
    lines.clear()
    screen.write('after\n')
    expect(screen.lines()).toEqual(['before', 'after'])
  })

  it('rests on a fresh line, so that what a crash writes begins in the first column', () => {
    const { screen, lines } = openLines()
    lines.draw(['bar', 'tail'])
    screen.write('TypeError\n')
    expect(screen.lines()).toEqual(['bar', 'tail', 'TypeError'])
  })

  it('wipes out what a key press echoed', () => {
    const { screen, lines } = openLines()
    lines.draw(['bar'])
    screen.write('^C')
    lines.say('Finishing')
    expect(screen.lines()).toEqual(['Finishing', 'bar'])
  })

  it('finds its lines again after the terminal was made so narrow that they wrapped', () => {
    const { size, writes, lines } = openLines()
    lines.draw(['a line of 17 char', '中文中文中'])
    size.columns = 8
    lines.draw(['bar'])
    expect(writes.at(-1)).toBe('\r\x1b[5Abar\x1b[K\n\x1b[J')
  })

  it('takes a terminal that reports no width for one of 80 columns', () => {
    expect(openLines(0).lines.columns()).toBe(80)
  })

  it('writes nothing when nothing changed', () => {
    const { writes, lines } = openLines()
    lines.draw(['bar'])
    lines.draw(['bar'])
    expect(writes).toHaveLength(1)
  })
})
