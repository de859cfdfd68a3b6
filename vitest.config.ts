import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Generous: a busy machine is no failure, and nothing here asserts a time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most tests wait for a program or an endpoint of their own: every core can have one.
    maxWorkers: '100%',
  },
})
