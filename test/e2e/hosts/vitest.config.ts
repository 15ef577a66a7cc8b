import { defineConfig } from 'vitest/config'

// Real hosts: needs root, Linux, and a package mirror for the first image.
// npx vitest run --config test/e2e/hosts/vitest.config.ts
export default defineConfig({
  test: {
    include: ['test/e2e/hosts/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
