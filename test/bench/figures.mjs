// Figures, and how they are shown.

/** @param {readonly number[]} values */
export const median = values => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const number = (digits = 0) => {
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return value => format.format(value)
}

export const count = number()
export const ratio = number(2)
export const seconds = ms => `${number(1)(ms / 1000)} s`
export const megabytes = bytes => `${number()(bytes / 1e6)} MB`
export const percent = share => `${number(2)(share * 100)} %`

/** Whether a figure reaches its goal, as a cell. */
export const atLeast = (value, goal, show = ratio) => `goal ≥ ${show(goal)}: ${value >= goal ? 'met' : 'missed'}`
export const atMost = (value, goal, show = ratio) => `goal ≤ ${show(goal)}: ${value <= goal ? 'met' : 'missed'}`

/**
 * Prints lines in columns: the first to the left, the others to the right, a last one of goals to the left.
 * @param {string} title
 * @param {readonly (readonly string[])[]} lines
 */
export const printTable = (title, lines) => {
  const columns = Math.max(...lines.map(line => line.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map(line => line[column]?.length ?? 0)),
  )
  const isLeft = (line, column) => column === 0 || line[column].startsWith('goal')
  console.log(`\n${title}`)
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      isLeft(line, column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    )
    console.log(`  ${cells.join('  ').trimEnd()}`)
  }
}
