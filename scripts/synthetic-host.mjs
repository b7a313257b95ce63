// Writes a synthetic host that `--root` and `lspci -A linux-sysfs -O sysfs.path=DIR/sys/bus/pci` can read.
import { parseArgs } from 'node:util'
import { planHost, SHAPES } from './bench/shapes.mjs'
import { writeHost } from './bench/write-host.mjs'

const USAGE = `Usage: node scripts/synthetic-host.mjs DIR [--functions N] [--shape NAME] [--seed N]
shapes: ${Object.keys(SHAPES).join(', ')}`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    functions: { type: 'string', default: '64' },
    shape: { type: 'string', default: 'mixed' },
    seed: { type: 'string', default: '1' },
  },
})
const [dir, ...rest] = positionals
if (dir === undefined || rest.length > 0 || !Object.hasOwn(SHAPES, values.shape)) {
  console.error(USAGE)
  process.exit(2)
}
const plan = planHost({
  shape: values.shape,
  count: Number(values.functions),
  seed: Number(values.seed),
})
writeHost(dir, plan)
console.log(
  `${dir}: ${plan.functions.length} functions, shape ${values.shape}, seed ${values.seed}`,
)
