import { defineConfig } from 'vitest/config'

export default defineConfig(({ mode }) => ({
  test: {
    // `--mode long` and not a variable before the command: not every shell knows how to set one.
    env: mode === 'long' ? { FAULTS: 'long' } : {},
    include: ['test/**/*.test.ts'],
    // Generous: a busy machine is no failure, and nothing here asserts a time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most tests wait for a program or an endpoint of their own: every core can have one.
    maxWorkers: '100%',
  },
}))
