// How fast rows are read, by processor time of one thread's work, and what a run over a large compressed file holds.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { atLeast, atMost, megabytes, printTable, ratio, seconds } from './figures.mjs'
import { instantEndpoint, promptmill, readRows, runProgram, withServer } from './programs.mjs'
import { writeGzipRows, writeJsonRows, writeRows } from './rows-file.mjs'

const speed = megabytesPerSecond => `${Math.round(megabytesPerSecond)} MB/s`

const compareSpeeds = async (folder, long) => {
  const rows = long ? 1_000_000 : 200_000
  const [csv, jsonl] = [path.join(folder, 'rows.csv'), path.join(folder, 'rows.jsonl')]
  await writeRows(csv, rows, () => 450)
  await writeJsonRows(jsonl, rows, () => 450)
  const { stdout } = await runProgram(readRows, [csv, jsonl, String(rows)], { cwd: folder })
  const ms = JSON.parse(stdout)
  const [csvSize, jsonlSize] = [(await stat(csv)).size, (await stat(jsonl)).size]
  const jsonlSpeed = jsonlSize / 1e3 / ms.jsonl
  printTable(`reading ${megabytes(csvSize)} of CSV and as many rows of JSONL, by processor time`, [
    ['csv-parse alone', speed(csvSize / 1e3 / ms.csvParse)],
    ['CSV', speed(csvSize / 1e3 / ms.csv)],
    ['CSV time / csv-parse alone', ratio(ms.csv / ms.csvParse), atMost(ms.csv / ms.csvParse, 1.3)],
    ['JSON.parse alone', speed(jsonlSize / 1e3 / ms.jsonParse)],
    ['JSONL', speed(jsonlSpeed), atLeast(jsonlSpeed, 200, speed)],
    ['JSONL time / JSON.parse alone', ratio(ms.jsonl / ms.jsonParse)],
  ])
}

/** Rows of a size at which the file, not their number, is what could fill the memory. */
const charactersPerRow = 20_000

const holdLargeFile = async (folder, long) => {
  const sizes = long ? [5_000, 60_000] : [1_000, 10_000]
  const runs = await withServer([instantEndpoint], async url => {
    const taken = []
    for (const rows of sizes) {
      const input = path.join(folder, `${rows}.csv.gz`)
      const bytes = await writeGzipRows(input, rows, () => charactersPerRow)
      const args = [
        'run',
        input,
        '--base-url',
        url,
        '--model',
        'gpt-4o-mini',
        '-o',
        path.join(folder, `${rows}.out.csv`),
      ]
      taken.push({ bytes, ...(await runProgram(promptmill, args, { cwd: folder })) })
    }
    return taken
  })
  const [small, large] = runs.map(run => run.peakBytes)
  printTable('memory: peak of a run over one compressed CSV', [
    ...runs.map(run => [`${megabytes(run.bytes)} of text`, megabytes(run.peakBytes), seconds(run.wallMs)]),
    ['larger / smaller', ratio(large / small), atMost(large / small, 1.25)],
  ])
}

/** @param {{ folder: string, long: boolean }} options */
export const reading = async ({ folder, long }) => {
  await compareSpeeds(folder, long)
  await holdLargeFile(folder, long)
}
