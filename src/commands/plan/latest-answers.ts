import { readAnswer } from '../../core/answer.js'
import type { AnswerRecord, JournalPosition } from '../../core/records.js'
import { createRecordReader } from '../../journal/reader.js'

/**
 * More answers than this cannot be on their way to the disk at once: a row has one, and no more rows are open than
 * twice the largest `--concurrency` and a few.
 */
export const mostOnTheirWay = 20_016

/**
 * The latest answers of a session, in case it was killed. An answer is on the disk before anybody reads it, and what is
 * noted of one that is of no use follows only then: a kill in between leaves the answer without its failure.
 */
export interface LatestAnswers {
  add(position: JournalPosition): void
  /** The session ended in good order, so that nothing is missing. */
  forget(): void
  /** Takes out those answers that are of no use, oldest first. Reads them, so it is for killed sessions alone. */
  takeUseless(): Generator<{ readonly position: JournalPosition; readonly record: AnswerRecord }>
}

const isUseless = ({ body }: AnswerRecord): boolean => {
  const { status } = readAnswer(body)
  return status === 'unreadable' || status === 'error'
}

export const createLatestAnswers = (folder: string): LatestAnswers => {
  // Numbers alone, in a ring: adding one costs nothing, however many there are.
  let ring: Float64Array | undefined
  let count = 0
  const forget = (): void => {
    count = 0
  }
  return {
    add(position) {
      ring ??= new Float64Array(mostOnTheirWay)
      ring[count % mostOnTheirWay] = position
      count += 1
    },
    forget,
    *takeUseless() {
      if (ring === undefined || count === 0) return
      const reader = createRecordReader(folder)
      try {
        for (let index = Math.max(0, count - mostOnTheirWay); index < count; index++) {
          const position = ring[index % mostOnTheirWay] ?? 0
          const record = reader.read(position)
          if (record.kind === 'answer' && isUseless(record)) yield { position, record }
        }
      } finally {
        reader.close()
        forget()
      }
    },
  }
}
