import { createRequire } from 'node:module'
import process from 'node:process'

const require = createRequire(import.meta.url)

/**
 * Loads a module of the command line, by its path from here. By require, which opens one file after the other: `import`
 * opens those of a whole graph at once, more than a process may have open where the system allows it 64, and takes a
 * quarter longer. Versions of Node that cannot require such modules (22.0 to 22.11) import them.
 */
export const load = async (path: string): Promise<unknown> =>
  process.features.require_module ? require(path) : import(path)
