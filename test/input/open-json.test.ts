import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createElementSplitter } from '../../src/input/element-splitter.js'
import { type InputOptions, openInput } from '../../src/input/open.js'
import { failureOf, readAll, useWorkspace } from './workspace.js'

const workspace = useWorkspace()

const write = (content: string | Uint8Array, name = 'a.json'): Promise<string> => workspace.write(name, content)

const read = async (content: string | Uint8Array, options: InputOptions = {}, name?: string) =>
  (await readAll(await write(content, name), options)).map(row =>
    row.form === 'json' ? [row.line, row.text] : [row.line, row.form === 'unreadable' ? row.fault.message : row.form],
  )

describe('openInput on a JSON array', () => {
  it('gives form and columns, keys in the order in which they are written', async () => {
    const path = await write('[ {"b":1,"10":2}, {"c":3} ]')
    expect(await openInput(path, {})).toMatchObject({ format: 'json', form: 'json', columns: ['b', '10'] })
  })

  it.each([
    [
      'on one line',
      '[{"a":1},{"a":[1,{"b":"]},"}]}]',
      [
        [1, '{"a":1}'],
        [1, '{"a":[1,{"b":"]},"}]}'],
      ],
    ],
    [
      'over many lines',
      '[\n  {\n    "a": 1.0,\r\n    "b": "x\\ny"\n  },\n\n  {}\n]\n',
      [
        [2, '{"a": 1.0,"b": "x\\ny"}'],
        [7, '{}'],
      ],
    ],
    [
      'with quotes and backslashes in texts',
      String.raw`[{"a":"\\"},{"a":"\"],"},{"b":"\\\""}]`,
      [
        [1, String.raw`{"a":"\\"}`],
        [1, String.raw`{"a":"\"],"}`],
        [1, String.raw`{"b":"\\\""}`],
      ],
    ],
    ['after a byte order mark', '\uFEFF[{"a":"你"}]', [[1, '{"a":"你"}']]],
    ['without a row', '[ ]', []],
  ])('reads one %s', async (_title, content, rows) => {
    expect(await read(content)).toEqual(rows)
  })

  it('reads .gz, and other encodings as it is told', async () => {
    expect(await read(gzipSync('[{"a":1}]'), {}, 'a.json.gz')).toEqual([[1, '{"a":1}']])
    expect(await read(Buffer.from('[{"a":"你\u0a5d"}]', 'utf16le'), { encoding: 'utf-16le' })).toEqual([
      [1, '{"a":"你\u0a5d"}'],
    ])
  })

  it('lets an element that cannot be read fail alone', async () => {
    const content = '[{"a":1},\n2,"x",\n[{}],{"a":1,"a":2},{"a":tru},{"b":1} {"c":2},\n{"a":3}]'
    expect(await read(content)).toEqual([
      [1, '{"a":1}'],
      [2, 'the element holds a number, not an object'],
      [2, 'the element holds a string, not an object'],
      [3, 'the element holds an array, not an object'],
      [3, 'the key "a" is in the element more than once'],
      [3, expect.stringContaining('character 6 cannot stand there')],
      [3, expect.stringContaining('character 9 cannot stand there')],
      [4, '{"a":3}'],
    ])
  })

  it('refuses an element above the limit alone, without holding it', async () => {
    const long = `{"a":"${'x'.repeat(100_000)}"}`
    expect(await read(`[{},${long},{"b":1}]`, { maxLineBytes: 1000 })).toEqual([
      [1, '{}'],
      [1, 'the element is longer than 1000 bytes, the limit'],
      [1, '{"b":1}'],
    ])
  })

  it.each([
    ['an object', '{"rows":[]}', /begins with an object.*/, /--format jsonl[\s\S]*jq/],
    ['nothing of the kind', 'a,b\n', /no JSON array/, /--format/],
    ['an array that ends in a row', '[{"a":1},\n{"a":', /row 2 \(line 2\): the array ends too early/, /never closed/],
    ['an array that ends after a row', '[{"a":1}', /row 1 \(line 1\): the array ends too early/, /again/],
    ['a comma too many', '[{"a":1},\n]', /row 2 \(line 2\): there is a comma/, /Remove/],
    ['two commas', '[{"a":1},\n\n,{}]', /row 2 \(line 3\): there is a comma/, /Remove/],
    ['something after it', '[{"a":1}]\n{"a":2}', /line 2: something follows the end/, /jsonl/],
  ])('refuses %s', async (_title, content, message, hint) => {
    const error = await failureOf(read(content))
    expect(error).toMatchObject({
      code: 'bad_input',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  it('calls an empty file empty', async () => {
    expect((await failureOf(read(''))).message).toContain('is empty')
  })

  it('refuses a file in another encoding with the row', async () => {
    const content = Buffer.from('[{"a":"\xc4\xe3"},\n{"a":"\xba\xc3"}]', 'latin1')
    expect((await failureOf(read(content))).message).toMatch(
      /is not UTF-8: row 1 \(line 1\)[\s\S]*--encoding gb18030 +你/,
    )
  })
})

describe('createElementSplitter', () => {
  it('finds the elements of any array, however it is cut and set', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    fc.assert(
      fc.property(
        fc.array(value),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 1, '\r\n\t'),
        (values, piece, indent) => {
          const bytes = Buffer.from(JSON.stringify(values, null, indent))
          const found: unknown[] = []
          const splitter = createElementSplitter(2 ** 20, ({ bytes }) => found.push(JSON.parse(bytes.toString())))
          for (let from = 0; from < bytes.length; from += piece) splitter.write(bytes.subarray(from, from + piece))
          splitter.end()
          expect(found).toEqual(JSON.parse(bytes.toString()))
        },
      ),
    )
  })
})
