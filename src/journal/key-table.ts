import { mixBits } from '../core/random.js'

/**
 * Numbers by request: from a key and its place among equals to a journal position or a count. Made for millions of
 * entries at 16 bytes a slot, where a Map would take five times that.
 */
export interface KeyTable {
  readonly size: number
  /** Undefined when nothing was set. */
  get(key: string, nth: number): number | undefined
  /** `value` is any number but NaN. */
  set(key: string, nth: number, value: number): void
  /** All values, in no order that means anything. */
  values(): IterableIterator<number>
}

/**
 * One of many small tables, so that growth copies a small part at a time. Open addressing with linear probing. An
 * entry is known by 64 bits of a hash; NaN marks a free slot.
 */
interface Shard {
  high: Int32Array
  low: Int32Array
  values: Float64Array
  size: number
}

/**
 * As few as that: arrays of more than 128 KiB go back to the system when they are collected, smaller ones stay with the
 * process, and growing leaves many of them. Of a million rows that is 20 MB.
 */
const shardCount = 16
const shardBits = Math.log2(shardCount)
const firstSlots = 16
/** Growing by 3/8 at 85 % full keeps an entry between 19 and 26 bytes. */
const fullest = 0.85
const growth = 1.375

const createShard = (slots: number): Shard => ({
  high: new Int32Array(slots),
  low: new Int32Array(slots),
  values: new Float64Array(slots).fill(Number.NaN),
  size: 0,
})

/** Eight hexadecimal digits as 32 bits, signed: such numbers need no memory of their own. */
const readWord = (key: string, at: number): number => {
  let word = 0
  for (let i = at; i < at + 8; i++) {
    const code = key.charCodeAt(i)
    word = (word << 4) | ((code & 15) + (code >> 6) * 9)
  }
  return word
}

/** What the tables know of an entry: a hash of all of its key and of `nth`, in two halves, and the shard it is in. */
interface Probe {
  shard: number
  high: number
  low: number
}

/** Keys are hashes already, but `nth` counts from 0: mixed into every part, equal rows do not crowd into one place. */
const aim = (probe: Probe, key: string, nth: number): void => {
  const step = Math.imul(nth, 0x9e3779b1)
  const tail = (readWord(key, 24) + step) | 0
  probe.high = mixBits(readWord(key, 0) + mixBits(tail))
  probe.low = mixBits(readWord(key, 8) ^ mixBits(readWord(key, 16) ^ step))
  probe.shard = mixBits(readWord(key, 16) + tail) >>> (32 - shardBits)
}

/** A request as a number of 32 bits, and never 0: for those who count and can bear that two of 4 billion look alike. */
export const requestHash = (key: string, nth: number): number =>
  mixBits(readWord(key, 0) + Math.imul(nth, 0x9e3779b1)) >>> 0 || 1

/** The slot of an entry: where it stands, or the free one where it would go. */
const findSlot = ({ high, low, values }: Shard, wanted: Pick<Probe, 'high' | 'low'>): number => {
  const slots = values.length
  let slot = Math.floor(((wanted.high >>> 0) / 0x1_0000_0000) * slots)
  while (!Number.isNaN(values[slot])) {
    if (high[slot] === wanted.high && low[slot] === wanted.low) return slot
    slot = slot + 1 === slots ? 0 : slot + 1
  }
  return slot
}

const put = (shard: Shard, entry: Pick<Probe, 'high' | 'low'>, value: number): void => {
  const slot = findSlot(shard, entry)
  if (Number.isNaN(shard.values[slot])) shard.size += 1
  shard.high[slot] = entry.high
  shard.low[slot] = entry.low
  shard.values[slot] = value
}

const grow = (shard: Shard): Shard => {
  const larger = createShard(Math.ceil(shard.values.length * growth))
  for (let slot = 0; slot < shard.values.length; slot++) {
    const value = shard.values[slot] ?? Number.NaN
    if (!Number.isNaN(value)) put(larger, { high: shard.high[slot] ?? 0, low: shard.low[slot] ?? 0 }, value)
  }
  return larger
}

export const createKeyTable = (): KeyTable => {
  const shards = Array.from({ length: shardCount }, () => createShard(firstSlots))
  const probe: Probe = { shard: 0, high: 0, low: 0 }
  const shardOf = (key: string, nth: number): Shard => {
    aim(probe, key, nth)
    const shard = shards[probe.shard]
    if (shard === undefined) throw new RangeError(`There is no shard ${probe.shard}`)
    return shard
  }
  return {
    get size() {
      return shards.reduce((sum, shard) => sum + shard.size, 0)
    },
    get(key, nth) {
      const shard = shardOf(key, nth)
      const value = shard.values[findSlot(shard, probe)]
      return Number.isNaN(value) ? undefined : value
    },
    set(key, nth, value) {
      const shard = shardOf(key, nth)
      put(shard, probe, value)
      if (shard.size > shard.values.length * fullest) shards[probe.shard] = grow(shard)
    },
    *values() {
      for (const shard of shards) for (const value of shard.values) if (!Number.isNaN(value)) yield value
    },
  }
}
