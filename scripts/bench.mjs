// Measures the built tool against `lspci -vvv` on synthetic hosts, in turns. Figures: docs/bench.md. No test runs this.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureCaptures } from './bench/captures.mjs'
import { compileFloor } from './bench/floor.mjs'
import { measurePage } from './bench/page.mjs'
import { profileByFile } from './bench/profile.mjs'
import { median, runInTurns } from './bench/run-process.mjs'
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
    page: { type: 'boolean', default: false },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const tool = [process.execPath, join(root, 'bin/run.js')]
const NAMES = { json: 'inspect --json', text: 'inspect', lspci: 'lspci -vvv', floor: 'floor' }
const sizes = values.sizes.split(',').map(Number)
const shapes = values.shapes.split(',').filter((name) => Object.hasOwn(SHAPES, name))
const runs = Number(values.runs)

if (!values.page) {
  requireProgram('lspci', 'pciutils')
  requireProgram('/usr/bin/time', 'time')
}
run(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'])
const scratch = mkdtempSync(join(values.dir, 'vfio-reset-bench-'))
const floor = values.page ? null : compileFloor(scratch)
try {
  if (values.page) await printPage()
  else await printAll()
} finally {
  rmSync(scratch, { recursive: true })
}

async function printAll() {
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
  printCaptures()
}

/** The page of `report --html` in Chromium, everything unfolded. */
async function printPage() {
  const rows = []
  for (const count of sizes) {
    const { first, ms, most, touched } = await measurePage({ tool, scratch, count, runs })
    rows.push([count, first, ms, most, touched].map((value) => String(Math.round(value))))
  }
  const head = ['functions', 'first tick, ms', 'tick, ms', 'most, ms', 'nodes changed']
  console.log(markdownTable(head, rows))
}

/** `inspect --json` and `inspect`, `lspci -vvv`, and the program that only reads, on one tree in turns. */
async function measure(shape, size) {
  const host = join(scratch, `${shape}-${size}`)
  writeHost(host, planHost({ shape, count: size, seed: 1 }))
  const json = [...tool, 'inspect', '--json', '--root', host]
  const text = [...tool, 'inspect', '--root', host]
  const lspci = ['lspci', '-A', 'linux-sysfs', '-O', `sysfs.path=${host}/sys/bus/pci`, '-vvv']
  const commands = { json, text, lspci, ...(floor === null ? {} : { floor: [floor, host] }) }
  const turns = runInTurns(commands, { runs, scratch })
  const profile = values.profile
    ? await profileByFile(json.slice(tool.length), { root, scratch })
    : []
  rmSync(host, { recursive: true })
  return { shape, size, turns, profile, cpuMs: middle(turns, ({ json }) => json.cpuMs) }
}

function printTrees(measured) {
  const head = 'shape,functions,what,ms,cpu / lspci -vvv,quartiles,wall / lspci,peak MiB,output MiB'
  const rows = measured.flatMap(({ rows }) => rows.flatMap(treeRows))
  print(
    `processor time, medians of ${runs} runs in turns, Node ${process.version}`,
    markdownTable(head.split(','), rows),
  )
  if (floor === null) console.log('No gcc here: no floor, a C program that only reads.\n')
}

function treeRows({ shape, size, turns }) {
  return Object.keys(turns[0]).map((what) => {
    const ratios = turns
      .map((turn) => turn[what].cpuMs / turn.lspci.cpuMs)
      .sort((one, other) => one - other)
    const quartile = (part) => ratios[Math.floor((ratios.length - 1) * part)].toFixed(2)
    return [
      shape,
      String(size),
      NAMES[what],
      middle(turns, (turn) => turn[what].cpuMs).toFixed(0),
      median(ratios).toFixed(2),
      `${quartile(0.25)} to ${quartile(0.75)}`,
      middle(turns, (turn) => turn[what].wallMs / turn.lspci.wallMs).toFixed(2),
      middle(turns, (turn) => turn[what].peakMiB).toFixed(0),
      middle(turns, (turn) => turn[what].outputBytes / 2 ** 20).toFixed(1),
    ]
  })
}

/** Exponent of processor time (1: linear) and memory for each 1,000 functions more, from one size to the next. */
function printGrowth(measured) {
  const rows = measured.flatMap(({ rows }) =>
    rows.slice(1).map(({ shape, size, turns, cpuMs }, index) => {
      const before = rows[index]
      const exponent = Math.log(cpuMs / before.cpuMs) / Math.log(size / before.size)
      const peak = (of) => middle(of, ({ json }) => json.peakMiB)
      const memory = ((peak(turns) - peak(before.turns)) / (size - before.size)) * 1000
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

function printCaptures() {
  const capture = join(root, 'share/demo.tar.gz')
  const ms = measureCaptures({ tool, capture, scratch, runs })
  console.log(`one more capture in one process (export): ${ms.toFixed(1)} ms of processor time\n`)
}

function middle(turns, pick) {
  return median(turns.map(pick))
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
