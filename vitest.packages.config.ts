import { defineConfig } from 'vitest/config'

/** `npm run test:packages`: the packages, installed in bare roots of Debian and used there. They take root, minutes and a mirror. */
export default defineConfig({
  test: {
    include: ['test/packages/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})
