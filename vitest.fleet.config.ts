import { defineConfig } from 'vitest/config'

/** `npm run test:fleet`: what is shipped in share/fleet, run by the programs that it is for. They take minutes and packages of Debian. */
export default defineConfig({
  test: {
    include: ['test/fleet/**/*.test.ts'],
    globalSetup: 'test/build-if-stale.ts',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
