import { findLineFault } from './record-line.js'

/** Every record begins and ends like this. So may something within one: the checksum tells. */
const recordStart = Buffer.from('{"seq":')
const recordEnd = Buffer.from('"}')

/** A whole record among the bytes of a damaged line. */
export interface Piece {
  readonly from: number
  readonly to: number
}

const placesOf = (line: Buffer, wanted: Buffer): number[] => {
  const places: number[] = []
  for (let at = line.indexOf(wanted); at !== -1; at = line.indexOf(wanted, at + 1)) places.push(at)
  return places
}

/** Finds the records that are whole in a line that is not one: where a line's end is damaged, two stand in one line. */
export const findWholeRecords = (line: Buffer): Piece[] => {
  const ends = placesOf(line, recordEnd).map(at => at + recordEnd.length)
  const pieces: Piece[] = []
  let taken = 0
  for (const from of placesOf(line, recordStart)) {
    if (from < taken) continue
    const to = ends.find(end => end > from && findLineFault(line.subarray(from, end)) === undefined)
    if (to === undefined) continue
    pieces.push({ from, to })
    taken = to
  }
  return pieces
}
