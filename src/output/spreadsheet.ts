/**
 * How a cell begins that a spreadsheet may run or take apart: OWASP, "CSV Injection", with the full-width forms that
 * some programs take for the same.
 */
const runnable = /^[=+\-@\t\r＝＋－＠]/

/** A text as a spreadsheet shows it and never runs it: an apostrophe before it says that it is text. */
export const tameCell = (text: string): string => (runnable.test(text) ? `'${text}` : text)

/** By this Excel knows that a file is UTF-8. */
export const byteOrderMark = '\uFEFF'
