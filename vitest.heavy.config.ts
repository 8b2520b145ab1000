import { defineConfig } from 'vitest/config'
import base from './vitest.config.js'

/** The suites that are too heavy for `npm test`, or need the data sets that lie beside the repository. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/*/test-datasets/**/*.test.ts', 'packages/*/test-heavy/**/*.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    passWithNoTests: true,
  },
})
