import { describe, expect, it } from 'vitest'
import { fitConcurrency, parseOpenFileLimit, readOpenFiles } from '../../src/send/open-files.js'

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     
Max processes             15470                15470                processes 
Max open files            ${soft.padEnd(20)} 524288               files     
Max locked memory         67108864             67108864             bytes     
`

describe('parseOpenFileLimit', () => {
  it.each([
    ['64', 64],
    ['1048576', 1_048_576],
    ['unlimited', undefined],
  ])('reads %s', (soft, limit) => {
    expect(parseOpenFileLimit(limits(soft))).toBe(limit)
  })

  it('finds nothing in another text', () => {
    expect(parseOpenFileLimit('')).toBeUndefined()
  })
})

describe('readOpenFiles', () => {
  it('tells more allowed than open, where it can tell', async () => {
    const files = await readOpenFiles()
    if (process.platform === 'linux') expect(files).toBeDefined()
    if (files !== undefined) expect(files.limit).toBeGreaterThan(files.open)
  })
})

describe('fitConcurrency', () => {
  it.each([
    ['as many as wanted where there is room', 64, { limit: 1024, open: 30 }, 1, 64],
    ['as many as there is room for, some kept back', 500, { limit: 64, open: 24 }, 1, 20],
    ['half as many where both ends are in this process', 500, { limit: 64, open: 24 }, 2, 10],
    ['one at least', 500, { limit: 32, open: 31 }, 1, 1],
    ['one at least where even that has no room', 500, { limit: 20, open: 31 }, 2, 1],
  ])('P9: lets %s', (_title, wanted, files, socketsPerRequest, fitting) => {
    expect(fitConcurrency(wanted, files, { socketsPerRequest })).toBe(fitting)
  })
})
