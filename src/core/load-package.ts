import { createRequire } from 'node:module'

/**
 * Loads a package when it is first needed, and file by file: an `import` opens all files of a package at once, more than a
 * process may have open where the system allows it 64.
 */
export const loadPackage: (name: string) => unknown = createRequire(import.meta.url)
