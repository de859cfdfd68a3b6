import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createTerminal } from '../../src/cli/terminal.js'

/** A standard output that keeps what is written to it. */
const createOut = (isTty: boolean) => {
  const written: string[] = []
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk))
        done()
      },
    }),
    { isTTY: isTty },
  )
  const from = { env: {}, stdin: process.stdin, stdout, stderr: new Writable() }
  return { out: createTerminal(from as unknown as NodeJS.Process).outForeign, written }
}

const answer = '1,"\x1b[2J\x1b]0;owned\x07"\n'

describe('standard output', () => {
  it('C9: on a terminal shows escape sequences of an answer instead of obeying them', async () => {
    const { out, written } = createOut(true)
    await out(answer)
    expect(written).toEqual(['1,"␛[2J␛]0;owned␇"\n'])
  })

  it('C9: in a file or a pipe is the answer as it came', async () => {
    const { out, written } = createOut(false)
    await out(answer)
    expect(written).toEqual([answer])
  })
})
