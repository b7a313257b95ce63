// node scripts/fuzz.mjs [--count N] [--seed N]: hostile archives, trees and dumps in great number (test/capture/fuzz.test.ts).
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Kinds of cases that run `--count` times each, and one that needs the disk and runs a tenth of it. */
const KINDS = 4.1

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const count = Number(values.count)
const seed = Number(values.seed)
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('usage: node scripts/fuzz.mjs [--count N] [--seed N]')
  process.exit(2)
}
console.log(`${Math.round(count * KINDS)} cases, seed ${seed}`)
const { status } = spawnSync('npx', ['vitest', 'run', 'test/capture/fuzz.test.ts'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, FUZZ_COUNT: String(count), FUZZ_SEED: String(seed) },
})
process.exitCode = status ?? 1
