import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideEncoding, type Encoding, toUtf8, UndecodableError } from '../../src/input/encoding.js'
import { inPieces } from './workspace.js'

const decode = async (bytes: Uint8Array, encoding: Encoding, pieceBytes = bytes.length): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of toUtf8(inPieces(bytes, pieceBytes), encoding)) {
    // Each chunk is whole characters: it must be text by itself.
    expect(Buffer.from(chunk.toString())).toEqual(chunk)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

const strictly = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

describe('decideEncoding', () => {
  it.each([
    ['UTF-8 without a mark', [0x61, 0x2c], undefined, { label: 'utf-8', markBytes: 0 }],
    ['nothing at all', [], undefined, { label: 'utf-8', markBytes: 0 }],
    ['the mark of UTF-8', [0xef, 0xbb, 0xbf, 0x61], undefined, { label: 'utf-8', markBytes: 3 }],
    ['the mark of UTF-16 LE', [0xff, 0xfe, 0x61, 0], undefined, { label: 'utf-16le', markBytes: 2 }],
    ['the mark of UTF-16 BE', [0xfe, 0xff, 0, 0x61], undefined, { label: 'utf-16be', markBytes: 2 }],
    ['the mark of GB18030', [0x84, 0x31, 0x95, 0x33], undefined, { label: 'gb18030', markBytes: 4 }],
    ['the mark, against what was asked for', [0xff, 0xfe], 'gb18030', { label: 'utf-16le', markBytes: 2 }],
    ['what was asked for', [0x61], 'Shift_JIS', { label: 'shift_jis', markBytes: 0 }],
    ['a label by its canonical name', [0x61], ' latin1 ', { label: 'windows-1252', markBytes: 0 }],
    ['a name of Windows', [0x61], 'CP949', { label: 'euc-kr', markBytes: 0 }],
    ['a name of Python', [0x61], 'utf-8-sig', { label: 'utf-8', markBytes: 0 }],
    ['GBK as GB18030', [0x61], 'gbk', { label: 'gb18030', markBytes: 0 }],
    ['GB2312 as GB18030', [0x61], 'gb2312', { label: 'gb18030', markBytes: 0 }],
  ] as const)('takes %s', (_title, start, asked, expected) => {
    expect(decideEncoding(Uint8Array.from(start), asked)).toEqual(expected)
  })

  it.each(['', 'klingon', 'utf-7'])('refuses the unknown encoding %j', asked => {
    expect(() => decideEncoding(Uint8Array.of(0x61), asked)).toThrow(expect.objectContaining({ code: 'bad_flag' }))
  })
})

describe('toUtf8', () => {
  const utf8: Encoding = { label: 'utf-8', markBytes: 0 }
  const text = 'aé你😀\r\n€ñ\uFEFF'

  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', swapped(text)],
  ])('decodes %s, wherever the bytes are cut', async (label, bytes) => {
    for (let length = 1; length <= bytes.length; length++) {
      expect(await decode(bytes, { label, markBytes: 0 }, length)).toBe(text)
    }
  })

  it.each([
    ['gb18030', [0xc4, 0xe3, 0x81, 0x30, 0x81, 0x30, 0x80], '你\u0080€'],
    ['windows-1252', [0x80, 0x92, 0xe9], '€’é'],
    ['shift_jis', [0x82, 0xa0], 'あ'],
    ['big5', [0xa4, 0x40], '一'],
  ])('decodes %s as web browsers do', async (label, bytes, expected) => {
    expect(await decode(Uint8Array.from(bytes), { label, markBytes: 0 })).toBe(expected)
    expect(await decode(Uint8Array.from(bytes), { label, markBytes: 0 }, 1)).toBe(expected)
  })

  it('I1: leaves out the mark, even cut in two, and no later one', async () => {
    const bytes = Buffer.from('\uFEFFa\uFEFFb')
    for (const length of [1, 2, 3, 9]) {
      expect(await decode(bytes, { label: 'utf-8', markBytes: 3 }, length)).toBe('a\uFEFFb')
    }
  })

  it.each([
    ['a lone continuation byte', 'utf-8', [0x61, 0x80, 0x62]],
    ['an overlong form', 'utf-8', [0xc0, 0xaf]],
    ['a surrogate in UTF-8', 'utf-8', [0xed, 0xa0, 0x80]],
    ['a character cut at the end', 'utf-8', [0x61, 0xe4, 0xbd]],
    ['a character cut by ASCII', 'utf-8', [0xe4, 0xbd, 0x61]],
    ['bytes that UTF-8 never has', 'utf-8', [0xff, 0xfe, 0xfd]],
    ['half a surrogate pair in UTF-16', 'utf-16le', [0x00, 0xd8, 0x61, 0x00]],
    ['an odd byte at the end of UTF-16', 'utf-16le', [0x61, 0x00, 0x62]],
    ['a lead byte at the end of GB18030', 'gb18030', [0x61, 0xc4]],
  ])('refuses %s, wherever the bytes are cut', async (_title, label, bytes) => {
    for (let length = 1; length <= bytes.length; length++) {
      await expect(decode(Uint8Array.from(bytes), { label, markBytes: 0 }, length)).rejects.toThrow(UndecodableError)
    }
  })

  it('accepts as UTF-8 exactly what a strict decoder accepts', async () => {
    const byte = fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xff, 0x9f)
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 8 }), fc.integer({ min: 1, max: 8 }), async (list, length) => {
        const bytes = Uint8Array.from(list)
        expect(await decode(bytes, utf8, length).catch(() => undefined)).toBe(strictly(bytes))
      }),
      { numRuns: 1000 },
    )
  })
})
