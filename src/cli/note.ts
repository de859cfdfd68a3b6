import { showText } from './plain-text.js'
import { paint, type Terminal } from './terminal.js'

/** `note: …`, something to know, which may hold texts from outside. */
export const showNote = (terminal: Pick<Terminal, 'color'>, text: string): string =>
  `${paint(terminal, 'yellow', 'note:')} ${showText(text)}`
