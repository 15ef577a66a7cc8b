import { defineConfig } from 'vitest/config'
import { reporters, retries } from './tools/test-run.ts'

/** Real hosts, one at a time: they share this machine's processors, bridges and ports. Needs root. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.{e2e,test}.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    retry: retries(),
    reporters: reporters(),
  },
})
