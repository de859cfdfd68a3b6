import { toBareModel, toUndatedModel } from './model-name.js'

/** Width and height in pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** How much of a cap a level of detail has; undefined `patches`: none at all. */
interface PatchCap {
  readonly patches: number | undefined
  /** The longest side, in pixels; longer images are shrunk. */
  readonly side: number | undefined
}

/** How a model turns an image into tokens. */
export type ImageRule =
  | { readonly kind: 'tile'; readonly base: number; readonly tile: number }
  | {
      readonly kind: 'patch'
      readonly multiplier: number
      readonly high: PatchCap
      /** What `original` means; models without it take it as `high`. */
      readonly original: PatchCap
      /** What `auto` means, which is also what an image without a `detail` has. */
      readonly auto: 'high' | 'original'
    }

const tiles = (base: number, tile: number): ImageRule => ({ kind: 'tile', base, tile })

const small: PatchCap = { patches: 1536, side: 2048 }
const large: PatchCap = { patches: 2500, side: 2048 }
const huge: PatchCap = { patches: 10_000, side: 6000 }
const none: PatchCap = { patches: undefined, side: undefined }

const patches = (multiplier: number): ImageRule => ({
  kind: 'patch',
  multiplier,
  high: small,
  original: small,
  auto: 'high',
})
const largePatches = (original: PatchCap, auto: 'high' | 'original'): ImageRule => ({
  kind: 'patch',
  multiplier: 1,
  high: large,
  original,
  auto,
})

/**
 * What an image takes, by model (OpenAI guide "Images and vision", section "Calculating costs", copies of autumn 2026).
 * Of gpt-6 nothing is published: taken as gpt-5.6.
 */
const rules: ReadonlyMap<string, ImageRule> = new Map([
  ['gpt-4o', tiles(85, 170)],
  ['chatgpt-4o-latest', tiles(85, 170)],
  ['gpt-4.1', tiles(85, 170)],
  ['gpt-4.5-preview', tiles(85, 170)],
  ['gpt-4o-mini', tiles(2833, 5667)],
  ['gpt-5', tiles(70, 140)],
  ['gpt-5-chat-latest', tiles(70, 140)],
  ['o1', tiles(75, 150)],
  ['o1-pro', tiles(75, 150)],
  ['o3', tiles(75, 150)],
  ['computer-use-preview', tiles(65, 129)],
  ['gpt-4.1-mini', patches(1.62)],
  ['gpt-4.1-nano', patches(2.46)],
  ['gpt-5-mini', patches(1.62)],
  ['gpt-5-nano', patches(2.46)],
  ['gpt-5.2', patches(1)],
  ['gpt-5.4-mini', patches(1.62)],
  ['gpt-5.4-nano', patches(2.46)],
  ['o4-mini', patches(1.72)],
  ['gpt-5.4', largePatches(huge, 'high')],
  ['gpt-5.5', largePatches(huge, 'original')],
  ['gpt-5.6-sol', largePatches(none, 'original')],
  ['gpt-5.6-terra', largePatches(none, 'original')],
  ['gpt-5.6-luna', largePatches(none, 'original')],
  ['gpt-6-astra', largePatches(none, 'original')],
  ['gpt-6-sol', largePatches(none, 'original')],
  ['gpt-6-luna', largePatches(none, 'original')],
])

/** A model that has no rule is taken for the most common kind. */
const assumedRule = tiles(85, 170)

/** The rule of a model, and whether it is known to be that model's. */
export const findImageRule = (model: string): { readonly rule: ImageRule; readonly known: boolean } => {
  const name = toBareModel(model)
  const rule = rules.get(name) ?? rules.get(toUndatedModel(name))
  return { rule: rule ?? assumedRule, known: rule !== undefined }
}

const scale = ({ width, height }: ImageSize, by: number): ImageSize => ({ width: width * by, height: height * by })

/** Shrinks until no side is longer; never enlarges. */
const fitInside = (size: ImageSize, side: number): ImageSize =>
  scale(size, Math.min(1, side / Math.max(size.width, size.height)))

/** Shrinks until the shorter side is this long; never enlarges. */
const shrinkShortest = (size: ImageSize, side: number): ImageSize =>
  scale(size, Math.min(1, side / Math.min(size.width, size.height)))

// A hair less than whole after scaling is whole: 512.0000001 px are one tile.
const countCells = ({ width, height }: ImageSize, cell: number): number =>
  Math.ceil(width / cell - 1e-9) * Math.ceil(height / cell - 1e-9)

const tileSide = 512
const largestTiled = 2048
const shortestTiled = 768

const countTiles = (size: ImageSize): number =>
  countCells(shrinkShortest(fitInside(size, largestTiled), shortestTiled), tileSide)

const patchSide = 32
/** What `low` shows of an image, in pixels. */
const lowSide = 512

/** The factor that brings an image to so many patches, corrected so that whole patches fit on both sides. */
const toPatchFactor = ({ width, height }: ImageSize, budget: number): number => {
  const factor = Math.sqrt((patchSide ** 2 * budget) / (width * height))
  const [across, down] = [(width * factor) / patchSide, (height * factor) / patchSide]
  return factor * Math.min(Math.floor(across) / across, Math.floor(down) / down)
}

const countPatches = (size: ImageSize, { patches: budget, side }: PatchCap): number => {
  const fitted = side === undefined ? size : fitInside(size, side)
  const whole = countCells(fitted, patchSide)
  if (budget === undefined || whole <= budget) return whole
  const shrunk = countCells(scale(fitted, toPatchFactor(fitted, budget)), patchSide)
  // An image so narrow that not one whole patch fits across has no factor.
  return Math.min(budget, shrunk === 0 ? budget : shrunk)
}

const levelOf = (rule: ImageRule & { kind: 'patch' }, detail: string | undefined): PatchCap =>
  rule[detail === 'high' || detail === 'original' ? detail : rule.auto]

/** Tokens of an image. `detail` is the API's own word; without one, or with one unknown, `auto`. */
export const countImageTokens = (rule: ImageRule, size: ImageSize, detail: string | undefined): number => {
  if (rule.kind === 'tile') return detail === 'low' ? rule.base : rule.base + rule.tile * countTiles(size)
  const count =
    detail === 'low' ? countPatches(fitInside(size, lowSide), rule.high) : countPatches(size, levelOf(rule, detail))
  return Math.ceil(count * rule.multiplier - 1e-9)
}

/** Tokens of the largest image that a rule knows; undefined where it takes images of any size as they are. */
export const mostImageTokens = (rule: ImageRule, detail: string | undefined): number | undefined => {
  if (rule.kind === 'tile') return countImageTokens(rule, { width: largestTiled, height: shortestTiled }, detail)
  if (detail === 'low') return countImageTokens(rule, { width: lowSide, height: lowSide }, detail)
  const { patches: budget } = levelOf(rule, detail)
  return budget === undefined ? undefined : Math.ceil(budget * rule.multiplier - 1e-9)
}
