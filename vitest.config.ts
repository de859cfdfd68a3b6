import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Generous: a busy machine is no failure, and nothing here asserts a time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
