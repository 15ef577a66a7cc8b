import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { leftOutHere, reporters, retries } from './tools/test-run.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**', ...leftOutHere()],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Most tests wait for processes: with as many as there are processors, these are idle for a third of the time.
    maxWorkers: availableParallelism() * 2,
    retry: retries(),
    reporters: reporters(),
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'lcov'] },
  },
})
