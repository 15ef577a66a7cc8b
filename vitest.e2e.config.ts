import { defineConfig } from 'vitest/config'

/** Real hosts, one at a time: they share this machine's processors, bridges and ports. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
  },
})
