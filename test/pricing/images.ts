import { jpeg, png } from '../prompt/pictures.js'

/** The first bytes of a PNG of this size, as a data URL. */
export const pngUrl = (width: number, height: number): string =>
  `data:image/png;base64,${png(width, height).toString('base64')}`

/** The beginning of a JPEG of this size, after so many bytes of what cameras put before it, as a data URL. */
export const jpegUrl = (width: number, height: number, padding = 16): string =>
  `data:image/jpeg;base64,${jpeg(width, height, padding).toString('base64')}`
