/** Counts a key of at least 16 hexadecimal digits; returns how often it was counted before. */
export type AskCounter = (key: string) => number

interface Table {
  readonly mask: number
  readonly high: Uint32Array
  readonly low: Uint32Array
  /** 0 marks a free slot. */
  readonly counts: Uint16Array
}

const createTable = (size: number): Table => ({
  mask: size - 1,
  high: new Uint32Array(size),
  low: new Uint32Array(size),
  counts: new Uint16Array(size),
})

/** The slot that holds the key, or the free one where it belongs: open addressing, linear probing. */
const findSlot = ({ mask, high, low, counts }: Table, h: number, l: number): number => {
  let slot = l & mask
  while (counts[slot] !== 0 && (high[slot] !== h || low[slot] !== l)) slot = (slot + 1) & mask
  return slot
}

const put = (table: Table, h: number, l: number, count: number): void => {
  const slot = findSlot(table, h, l)
  table.high[slot] = h
  table.low[slot] = l
  table.counts[slot] = count
}

const enlarge = (old: Table): Table => {
  const table = createTable((old.mask + 1) * 2)
  for (const [slot, count] of old.counts.entries()) {
    if (count > 0) put(table, old.high[slot] ?? 0, old.low[slot] ?? 0, count)
  }
  return table
}

const mostCounted = 0xffff

/**
 * Remembers how often each request was asked, in ten bytes a slot and at least a quarter of the slots used: a map of a
 * million keys would cost a run over a million rows more than the run itself holds. Counts stop at 65,535.
 */
export const createAskCounter = (): AskCounter => {
  let table = createTable(1024)
  let used = 0
  return key => {
    const h = Number.parseInt(key.slice(0, 8), 16)
    const l = Number.parseInt(key.slice(8, 16), 16)
    const before = table.counts[findSlot(table, h, l)] ?? 0
    put(table, h, l, Math.min(before + 1, mostCounted))
    if (before === 0) used += 1
    if (used * 2 > table.mask) table = enlarge(table)
    return before
  }
}
