import { describe, expect, it } from 'vitest'
import { type DialectHints, decideDialect, holdsHeader, type TableStart } from '../../src/input/dialect.js'

const decide = (start: string, hints: Partial<DialectHints> = {}): TableStart =>
  decideDialect(start, { format: 'csv', delimiter: undefined, ...hints })

describe('decideDialect', () => {
  it.each([
    ['commas', 'a,b,c\n', ','],
    ['semicolons', 'a;b;c\n', ';'],
    ['tabs', 'a\tb\n', '\t'],
    ['pipes', 'a|b\n', '|'],
    ['the most frequent of several', 'name, first;age;city\n', ';'],
    ['a comma when two are as frequent', 'a;b,c\n', ','],
    ['a comma for a single column', 'prompt\n', ','],
    ['what stands outside quotes', '"a,b,c,d";e\n', ';'],
    ['what stands outside quotes with quotes in them', '"a "",,,"" b";e\n', ';'],
    ['the header alone, not the rows', 'a;b\n1,2,3,4;5\n', ';'],
    ['a quoted header name over two lines', '"a\nb,,";c;d\n1\n', ';'],
    ['the header after blank lines', '\n\r\na;b\n', ';'],
  ])('sniffs %s', (_title, start, delimiter) => {
    expect(decide(start).dialect.delimiter).toBe(delimiter)
  })

  it.each([
    ['the one that gives as many columns as are named', 'Hello, how, are you;x\n', 2, ';'],
    ['none of those in a single column', 'Hello, you; there\n', 1, '\t'],
    ['the most frequent when none fits', 'a;b;c,d\n', 9, ';'],
  ])('takes %s', (_title, start, columns, delimiter) => {
    expect(decide(start, { columns }).dialect.delimiter).toBe(delimiter)
  })

  it('reads TSV with tabs, whatever else the header holds', () => {
    expect(decide('a,b,c\td\n', { format: 'tsv' }).dialect.delimiter).toBe('\t')
  })

  it.each([
    [';', ';'],
    ['tab', '\t'],
    [String.raw`\t`, '\t'],
    ['\t', '\t'],
    ['TAB', '\t'],
    ['😀', '😀'],
    ['、', '、'],
  ])('takes %j as it is asked for', (asked, delimiter) => {
    expect(decide('sep=|\na,b\n', { delimiter: asked }).dialect.delimiter).toBe(delimiter)
  })

  it.each(['', '"', '\n', ',\r', '||', String.raw`\s`])('refuses the delimiter %j', asked => {
    expect(() => decide('a\n', { delimiter: asked })).toThrow(expect.objectContaining({ code: 'bad_flag' }))
  })

  it.each([
    ['sep=;\r\n', ';', 7],
    ['SEP=|\n', '|', 6],
    ['sep=\t\n', '\t', 6],
    ['"sep=;"\n', ';', 8],
    ['sep=、\n', '、', 8],
  ])('obeys and leaves out the line %j', (line, delimiter, skipBytes) => {
    const { dialect, header } = decide(`${line}a,b,c${delimiter}d\n1`)
    expect(dialect).toMatchObject({ delimiter, skipBytes, firstLine: 2 })
    expect(header).toBe(`a,b,c${delimiter}d`)
  })

  it('takes a header that only looks like a sep= line as a header', () => {
    expect(decide('sep=ab,c\n')).toMatchObject({
      dialect: { skipBytes: 0, firstLine: 1 },
      header: 'sep=ab,c',
    })
  })

  it.each([
    ['LF', 'a,b\n1,2\r3', 'lf'],
    ['CRLF', 'a,b\r\n1,2', 'lf'],
    ['lone CR', 'a,b\r1,2\r', 'any'],
    ['lone CR at the very end', 'a,b\r', 'any'],
    ['CR before CRLF', 'a,b\r\r\n1,2', 'any'],
    ['CR within quotes only', '"a\rb",c\n', 'lf'],
    ['nothing', 'a,b', 'lf'],
  ] as const)('tells line ends by the header: %s', (_title, start, newline) => {
    expect(decide(start).dialect.newline).toBe(newline)
  })
})

describe('holdsHeader', () => {
  it.each([
    ['', false],
    ['\n\n', false],
    ['a,b', false],
    ['a,b\r', false],
    ['a,b\r\n', true],
    ['a,b\n1', true],
    ['"a\nb', false],
    ['sep=;\n', false],
    ['sep=;\na;b\n1', true],
  ])('of %j is %s', (start, held) => {
    expect(holdsHeader(start)).toBe(held)
  })
})
