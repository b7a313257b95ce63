// Measures the built tool against `lspci -vvv` on synthetic hosts, in turns. Figures: docs/bench.md. No test runs this.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { profileByFile } from './bench/profile.mjs'
import { median, runPairs } from './bench/run-process.mjs'
import { planHost, SHAPES } from './bench/shapes.mjs'
import { measureStart } from './bench/start.mjs'
import { markdownTable } from './bench/table.mjs'
import { writeHost } from './bench/write-host.mjs'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '64,1024,8192' },
    shapes: { type: 'string', default: 'mixed' },
    runs: { type: 'string', default: '7' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    profile: { type: 'boolean', default: false },
    text: { type: 'boolean', default: false },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const tool = [process.execPath, join(root, 'bin/run.js')]
const sizes = values.sizes.split(',').map(Number)
const shapes = values.shapes.split(',').filter((name) => Object.hasOwn(SHAPES, name))
const runs = Number(values.runs)

requireProgram('lspci', 'pciutils')
requireProgram('/usr/bin/time', 'time')
run(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'])
const scratch = mkdtempSync(join(values.dir, 'vfio-reset-bench-'))
try {
  const measured = []
  for (const shape of shapes) {
    const rows = []
    for (const size of sizes) rows.push(await measure(shape, size))
    measured.push({ shape, rows })
  }
  printTrees(measured)
  printGrowth(measured)
  if (values.profile) for (const { rows } of measured) printProfile(rows.at(-1))
  printStart()
} finally {
  rmSync(scratch, { recursive: true })
}

async function measure(shape, size) {
  const host = join(scratch, `${shape}-${size}`)
  writeHost(host, planHost({ shape, count: size, seed: 1 }))
  const inspect = [...tool, 'inspect', ...(values.text ? [] : ['--json']), '--root', host]
  const lspci = ['lspci', '-A', 'linux-sysfs', '-O', `sysfs.path=${host}/sys/bus/pci`, '-vvv']
  const pairs = runPairs(inspect, lspci, { runs, scratch })
  const profile = values.profile
    ? await profileByFile(inspect.slice(tool.length), { root, scratch })
    : []
  rmSync(host, { recursive: true })
  return { shape, size, pairs, profile, wallMs: middle(pairs, ({ a }) => a.wallMs) }
}

function printTrees(measured) {
  const head =
    'shape,functions,inspect ms,lspci -vvv ms,wall ratio,cpu ratio,peak MiB,lspci MiB,output MiB'
  const rows = measured.flatMap(({ rows }) =>
    rows.map(({ shape, size, pairs, wallMs }) => [
      shape,
      String(size),
      wallMs.toFixed(0),
      middle(pairs, ({ b }) => b.wallMs).toFixed(0),
      middle(pairs, ({ a, b }) => a.wallMs / b.wallMs).toFixed(2),
      middle(pairs, ({ a, b }) => a.cpuMs / b.cpuMs).toFixed(2),
      middle(pairs, ({ a }) => a.peakMiB).toFixed(0),
      middle(pairs, ({ b }) => b.peakMiB).toFixed(0),
      middle(pairs, ({ a }) => a.outputBytes / 2 ** 20).toFixed(1),
    ]),
  )
  print(
    `medians of ${runs} paired runs, Node ${process.version}`,
    markdownTable(head.split(','), rows),
  )
}

/** Exponent of time (1: linear) and memory for each 1,000 functions more, from one size to the next. */
function printGrowth(measured) {
  const rows = measured.flatMap(({ rows }) =>
    rows.slice(1).map(({ shape, size, pairs, wallMs }, index) => {
      const before = rows[index]
      const exponent = Math.log(wallMs / before.wallMs) / Math.log(size / before.size)
      const peak = (of) => middle(of, ({ a }) => a.peakMiB)
      const memory = ((peak(pairs) - peak(before.pairs)) / (size - before.size)) * 1000
      return [shape, `${before.size} to ${size}`, exponent.toFixed(2), memory.toFixed(2)]
    }),
  )
  if (rows.length === 0) return
  print('growth', markdownTable(['shape', 'functions', 'time exponent', 'MiB per 1,000'], rows))
}

function printProfile({ shape, size, profile }) {
  const total = profile.reduce((sum, { ms }) => sum + ms, 0)
  const rows = profile.slice(0, 25).map(({ file, ms, functions }) => {
    const longest = [...functions].sort((a, b) => b[1] - a[1]).slice(0, 3)
    const names = longest.map(([name, part]) => `${name || '(top)'} ${part.toFixed(0)}`)
    return [file, ms.toFixed(0), `${((ms / total) * 100).toFixed(1)} %`, names.join(', ')]
  })
  print(`self time of ${shape} ${size}`, markdownTable(['file', 'ms', 'share', 'functions'], rows))
}

function printStart() {
  const rows = measureStart({ tool, scratch, runs: Math.max(runs, 15) })
  print(
    'start, processor time against `node -e 0` in turns',
    markdownTable(['what', 'ms', 'ratio', 'quartiles'], rows),
  )
}

function middle(pairs, pick) {
  return median(pairs.map(pick))
}

function print(title, table) {
  console.log(`${title}\n\n${table}\n`)
}

function requireProgram(program, debianPackage) {
  if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined) return
  console.error(`bench needs ${program} (Debian package ${debianPackage})`)
  process.exit(2)
}

function run(command, args) {
  mkdirSync(join(root, 'dist'), { recursive: true })
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
