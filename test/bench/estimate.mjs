// Speed and memory of an estimate against the bare tokenizer, and how often the interval of a sample holds.
import { open } from 'node:fs/promises'
import path from 'node:path'
import { createRandom } from '../../dist/core/random.js'
import { predictMean } from '../../dist/pricing/prediction.js'
import { drawLogNormal } from '../../dist/simulator/random.js'
import { atLeast, atMost, count, megabytes, printTable, ratio, seconds } from './figures.mjs'
import { bareTokenizer, promptmill, runProgram } from './programs.mjs'

const syllables = 'ba co de fi gu la me no pa ri so tu ve wi za ther ing ent tion al er ed ly'.split(' ')

/** Words in which some are frequent and most are rare, as in a language (Zipf's law), the same in every run. */
const createVocabulary = random =>
  Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * syllables.length)]).join(
      '',
    ),
  )

const writeTexts = async (file, bytes) => {
  const random = createRandom(1)
  const vocabulary = createVocabulary(random)
  const nextWord = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1]
  const out = await open(file, 'w')
  let written = 0
  for (let row = 0; written < bytes; ) {
    let text = ''
    while (text.length < 2 ** 20) {
      const words = Array.from({ length: 60 + Math.floor(random() * 120) }, nextWord).join(' ')
      text += `${JSON.stringify({ id: row++, prompt: `${row}. ${words}.` })}\n`
    }
    written += text.length
    await out.write(text)
  }
  await out.close()
}

const measureSpeed = async ({ folder, long }) => {
  const sizes = [20e6, long ? 200e6 : 60e6]
  const runs = []
  for (const bytes of sizes) {
    const input = path.join(folder, `${bytes}.jsonl`)
    await writeTexts(input, bytes)
    const args = ['estimate', input, '--model', 'gpt-4o-mini', '--json', '--progress', 'none']
    runs.push({ input, ...(await runProgram(promptmill, args, { cwd: folder })) })
  }
  const [small, large] = runs
  const bare = JSON.parse((await runProgram(bareTokenizer, [large.input], { cwd: folder })).stdout)
  const { tokens } = JSON.parse(large.stdout)
  const speed = tokens.prompt / large.wallMs
  const bareSpeed = bare.tokens / bare.countingMs
  printTable('estimate: counting a file, against the bare tokenizer on one core', [
    ['bare tokenizer', `${count(bareSpeed * 1000)} tokens/s`, seconds(bare.countingMs)],
    [`estimate of ${megabytes(sizes[1])}`, `${count(speed * 1000)} tokens/s`, seconds(large.wallMs)],
    ['estimate / bare', ratio(speed / bareSpeed), '', atLeast(speed / bareSpeed, 1.5)],
    [
      'peak, larger / smaller file',
      ratio(large.peakBytes / small.peakBytes),
      megabytes(large.peakBytes),
      atMost(large.peakBytes / small.peakBytes, 1.25),
    ],
  ])
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length

/** Of 1,000 files of log-normal answer lengths, how many have their true total in the interval of the sample. */
const countHits = (rows, sample, sigma) => {
  let hits = 0
  for (let seed = 1; seed <= 1000; seed += 1) {
    const random = createRandom(seed)
    const lengths = Float64Array.from({ length: rows }, () =>
      Math.max(1, Math.round(drawLogNormal(random, 150, sigma))),
    )
    const { low, high } = predictMean(lengths.slice(0, sample), rows - sample)
    const rest = mean(lengths.subarray(sample))
    if (low <= rest && rest <= high) hits += 1
  }
  return hits
}

const measureCoverage = () => {
  const cases = [
    [3000, 50, 0.8],
    [300, 50, 0.8],
    [3000, 20, 0.8],
    [3000, 50, 0.4],
    [3000, 50, 1.2],
  ]
  printTable(
    'estimate --sample: how often the 95 % interval holds the true total, of 1,000 seeded files',
    cases.map(([rows, sample, sigma]) => {
      const hits = countHits(rows, sample, sigma)
      const goal = sample === 50 && sigma === 0.8 ? [atLeast(hits, 920, count)] : []
      return [`${count(rows)} rows, ${sample} sampled, sigma ${sigma}`, count(hits), ...goal]
    }),
  )
}

/** @param {{ folder: string, long: boolean }} options */
export const estimate = async options => {
  await measureSpeed(options)
  measureCoverage()
}
