// How fast rows are read, by processor time of one thread's work, and what a run over a large compressed file holds.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { atLeast, atMost, median, megabytes, printTable, ratio, seconds } from './figures.mjs'
import { instantEndpoint, promptmill, readRows, runProgram, withServer } from './programs.mjs'
import { writeGzipRows, writeJsonRows, writeRows } from './rows-file.mjs'

const rounds = 5

/** Megabytes a second of processor time, and the bare start of Node put aside. */
const measure = async (by, file, { folder, rows }) => {
  const { size } = await stat(file)
  const { cpuMs: startMs } = await runProgram(readRows, [by, path.join(folder, `one${path.extname(file)}`)], {
    cwd: folder,
  })
  const { cpuMs, stdout } = await runProgram(readRows, [by, file], { cwd: folder })
  if (Number(stdout) !== rows) throw new Error(`${by} read ${stdout.trim()} rows of ${rows}`)
  return size / 1e3 / (cpuMs - startMs)
}

const measureInTurn = async (files, options) => {
  const speeds = { csvParse: [], csv: [], jsonParse: [], jsonl: [] }
  for (let round = 0; round < rounds; round += 1) {
    speeds.csvParse.push(await measure('csv-parse', files.csv, options))
    speeds.csv.push(await measure('promptmill', files.csv, options))
    speeds.jsonParse.push(await measure('json-parse', files.jsonl, options))
    speeds.jsonl.push(await measure('promptmill', files.jsonl, options))
  }
  return Object.fromEntries(Object.entries(speeds).map(([what, values]) => [what, median(values)]))
}

const speed = megabytesPerSecond => `${Math.round(megabytesPerSecond)} MB/s`

const compareSpeeds = async (folder, long) => {
  const rows = long ? 1_000_000 : 200_000
  const files = { csv: path.join(folder, 'rows.csv'), jsonl: path.join(folder, 'rows.jsonl') }
  await writeRows(files.csv, rows, () => 450)
  await writeJsonRows(files.jsonl, rows, () => 450)
  await writeRows(path.join(folder, 'one.csv'), 1)
  await writeJsonRows(path.join(folder, 'one.jsonl'), 1)
  const { csvParse, csv, jsonParse, jsonl } = await measureInTurn(files, { folder, rows })
  const { size } = await stat(files.csv)
  printTable(`reading ${megabytes(size)}, by processor time`, [
    ['csv-parse alone', speed(csvParse)],
    ['CSV', speed(csv)],
    ['csv-parse alone / CSV', ratio(csvParse / csv), atMost(csvParse / csv, 1.3)],
    ['JSON.parse alone', speed(jsonParse)],
    ['JSONL', speed(jsonl), atLeast(jsonl, 200, speed)],
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
