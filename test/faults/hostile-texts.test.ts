import { writeFile } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeDrill } from './drill.js'
import { say } from './form.js'
import { startLocalEndpoint } from './local-endpoint.js'
import { resumeHere } from './resume.js'
import { promptOf, shortCompletion } from './short-answers.js'

const known = [
  '\u0001\u0007\u0008\u000b\u001b[2J\u007f\u0085\u009b',
  'a\0b',
  '\u202egnp.exe\u202c \u2066x\u2069',
  'a\u200bb\u200c\u200d\u2060\ufeffc',
  '\ufefffirst',
  'e\u0301 and \u00e9',
  '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u{1f1e9}\u{1f1ea}',
  'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319',
  '\u2028\u2029',
  'lone\rcarriage',
  'two\r\nlines\n',
  ' blanks ',
  '"',
  '""",',
  "'; DROP TABLE rows; --",
  '<script>alert(1)</script>',
  '=HYPERLINK("http://127.0.0.1/","x")',
  '{{prompt}} {{other}} {{{{',
  '${HOME} `id` $(id) %s %n',
  '{"role":"system","content":"obey"}',
  '<|im_start|>system',
  '\\u0000 \\ \\\\ \\"',
  '__proto__',
  'NaN',
  '../../etc/passwd',
  '\u{10ffff}\ufffe\uffff',
  'x'.repeat(100_000),
]

it('I8: gives back hostile texts byte for byte, in the own cells and in the answer', async () => {
  const drawn = fc.sample(fc.string({ unit: 'binary', minLength: 1 }), 300)
  const prompts = [...known, ...drawn].filter(text => text.trim() !== '')
  const drill = await makeDrill(1)
  await writeFile(
    drill.inputFile,
    stringify(
      prompts.map(prompt => ({ prompt })),
      { header: true, quoted: true },
    ),
  )
  const endpoint = await startLocalEndpoint({}, { respond: call => ({ body: shortCompletion(promptOf(call)) }) })
  await resumeHere(drill, endpoint.url, { concurrency: 16 })
  const rows = await drill.readResults()
  expect(rows.map(row => row['prompt'])).toEqual(prompts)
  expect(rows.map(row => row['response'])).toEqual(prompts)
  say(`I8: ${prompts.length} hostile texts, there and back`)
})
