import process from 'node:process'
import { defineConfig } from 'vitest/config'

/** Tests that start the built tool. Only they wait for a build; all others run on the sources alone. */
const PROCESS_TESTS = ['test/bin.test.ts', 'test/browser/**/*.test.ts', 'test/process/**/*.test.ts']

export default defineConfig({
  test: {
    // .ci/run reads its last line from the second one.
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: 'test-results.json' },
    coverage: {
      include: ['src/**'],
      // What runs where coverage does not see it: in the tests' browser, and in the process that waits.
      exclude: [
        'src/page/**',
        'src/supervisor/**',
        'src/one-file/**',
        'src/host/watch/watch-channel.ts',
      ],
      provider: 'v8',
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 96, branches: 88 },
    },
    projects: [
      {
        test: {
          name: 'sources',
          include: ['test/**/*.test.ts'],
          exclude: [...PROCESS_TESTS, 'test/fleet/**', 'test/packages/**'],
          // Enough for a machine that is busy with other work.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'built tool',
          include: PROCESS_TESTS,
          globalSetup: 'test/build-if-stale.ts',
          testTimeout: 60_000,
        },
      },
    ],
  },
})
