import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/**
 * Columns a text takes at the least: Chinese, Japanese and Korean characters take two, combining marks and colour codes
 * none. Characters of ambiguous width (`≈`, `…`) count as narrow, which most terminals draw. Unicode annex 11.
 */
export const widthAtLeast = (text: string): number => stringWidth(text)

/** Columns a text takes at the most: as above, with ambiguous characters wide, which some East Asian terminals draw. */
export const widthAtMost = (text: string): number => stringWidth(text, { ambiguousIsNarrow: false })

const ellipsis = '…'

/** Cuts a text without colour codes to so many columns at most, whole characters only, and marks the cut. */
export const clipText = (text: string, columns: number): string => {
  if (widthAtMost(text) <= columns) return text
  const mark = widthAtMost(ellipsis) <= columns ? ellipsis : ''
  let left = columns - widthAtMost(mark)
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    left -= widthAtMost(segment)
    if (left < 0) break
    kept += segment
  }
  return kept + mark
}
