import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { assert, asyncProperty, integer, maxSafeInteger, nat } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChoiceFlags, chooseRows } from '../../../src/commands/plan/choice.js'
import { openInput } from '../../../src/input/open.js'
import { createFolder } from '../workspace.js'

const noChoice: ChoiceFlags = { limit: undefined, offset: undefined, shuffleSeed: undefined, where: undefined }

const openWith = async (name: string, text: string) => {
  const file = path.join(await createFolder(), name)
  await writeFile(file, text)
  return openInput(file, {})
}

/** `n,parity` of so many rows, numbered from 1. */
const numbers = (count: number): string =>
  `n,parity\n${Array.from({ length: count }, (_, index) => `${index + 1},${index % 2 === 0 ? 'odd' : 'even'}\n`).join('')}`

const openNumbers = (count: number) => openWith('in.csv', numbers(count))

type Opened = Awaited<ReturnType<typeof openNumbers>>

/** The places of the chosen rows, from 1. */
const choose = async (input: Opened, flags: Partial<ChoiceFlags>): Promise<number[]> => {
  const places: number[] = []
  for await (const batch of chooseRows(input, { ...noChoice, ...flags }).rows()) {
    for (const row of batch) places.push(row.index + 1)
  }
  return places
}

const message = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: Error) => error.message,
  )

describe('a choice of rows', () => {
  it.each([
    ['all without a flag', {}, [1, 2, 3, 4, 5, 6]],
    ['the first with a limit', { limit: 2 }, [1, 2]],
    ['what follows an offset', { offset: 4 }, [5, 6]],
    ['a part from the middle', { offset: 1, limit: 2 }, [2, 3]],
    ['no more than there are', { offset: 4, limit: 100 }, [5, 6]],
    ['rows with a value', { where: ['parity=even'] }, [2, 4, 6]],
    ['rows without it', { where: ['parity!=even'] }, [1, 3, 5]],
    ['rows that meet every condition', { where: ['parity=odd', 'n!=3'] }, [1, 5]],
    ['the first of those that meet a condition', { where: ['parity=even'], offset: 1, limit: 1 }, [4]],
    ['nothing by a seed alone', { shuffleSeed: 1 }, [1, 2, 3, 4, 5, 6]],
  ] as const)('takes %s', async (_title, flags, places) => {
    expect(await choose(await openNumbers(6), flags)).toEqual(places)
  })

  it('takes the same rows for the same seed, in the order of the input, and others for another seed', async () => {
    const input = await openNumbers(1000)
    const one = await choose(input, { limit: 20, shuffleSeed: 1 })
    expect(one).toHaveLength(20)
    expect(one).toEqual(one.toSorted((a, b) => a - b))
    expect(await choose(input, { limit: 20, shuffleSeed: 1 })).toEqual(one)
    expect(await choose(input, { limit: 20, shuffleSeed: 2 })).not.toEqual(one)
  })

  it('divides the rows among the parts of one shuffled order, and a larger limit keeps the rows of a smaller', async () => {
    const input = await openNumbers(40)
    await assert(
      asyncProperty(maxSafeInteger(), nat(40), integer({ min: 1, max: 50 }), async (seed, at, more) => {
        const first = at === 0 ? [] : await choose(input, { limit: at, shuffleSeed: seed })
        const rest = at === 40 ? [] : await choose(input, { offset: at, shuffleSeed: seed })
        expect([...first, ...rest].toSorted((a, b) => a - b)).toEqual(await choose(input, {}))
        const larger = new Set(await choose(input, { limit: at + more, shuffleSeed: seed }))
        expect(first.filter(place => !larger.has(place))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  it('is fair: over many seeds every row is taken about as often', async () => {
    const input = await openNumbers(10)
    const taken = new Map<number, number>()
    for (let seed = 0; seed < 600; seed++) {
      for (const place of await choose(input, { limit: 3, shuffleSeed: seed }))
        taken.set(place, (taken.get(place) ?? 0) + 1)
    }
    // 180 of 600 are expected, with a standard deviation of 11.
    for (let place = 1; place <= 10; place++) expect(Math.abs((taken.get(place) ?? 0) - 180)).toBeLessThan(50)
  })

  it('compares JSON values as they were written, and takes what is missing for empty', async () => {
    const text = '{"n":1.0,"tag":"a"}\n{"n":1}\nbroken\n{"n":2,"tag":null}\n'
    const input = await openWith('in.jsonl', text)
    expect(await choose(input, { where: ['n=1.0'] })).toEqual([1])
    expect(await choose(input, { where: ['tag='] })).toEqual([2, 4])
    expect(await choose(input, { where: ['n!=2'] })).toEqual([1, 2])
    expect(await choose(input, { limit: 3 })).toEqual([1, 2, 3])
  })

  it.each([
    ['a condition without =', { where: ['parity'] }, '--where needs COLUMN=VALUE or COLUMN!=VALUE'],
    ['a condition without a column', { where: ['=even'] }, '--where needs COLUMN=VALUE or COLUMN!=VALUE'],
    ['a column that is not there', { where: ['party=even'] }, 'names the column "party"'],
    ['a condition that no row meets', { where: ['parity=none'] }, 'no row meets --where'],
    ['an offset beyond the end', { offset: 6 }, '--offset 6 leaves none of the 6 rows'],
  ] as const)('refuses %s', async (_title, flags, words) => {
    const input = await openNumbers(6)
    expect(await message((async () => choose(input, flags))())).toContain(words)
  })

  it('refuses a column that no line of a JSONL file has', async () => {
    const input = await openWith('in.jsonl', '{"lang":"de"}\n{"lang":"fr"}\n')
    expect(await message(choose(input, { where: ['langg!=de'] }))).toContain('names the column "langg"')
  })
})
