// Measures the built tool against `lspci -vvv` on synthetic hosts, in turns. Figures: docs/bench.md. No test runs this.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { AIM_SIZES, aimsTable, isAimed } from './bench/aims.mjs'
import { measureCaptures } from './bench/captures.mjs'
import { compileFloor } from './bench/floor.mjs'
import { measurePage } from './bench/page.mjs'
import { profileByFile } from './bench/profile.mjs'
import { runInTurns } from './bench/run-process.mjs'
import { planHost, SHAPES } from './bench/shapes.mjs'
import { measureStart } from './bench/start.mjs'
import { measureSysfs } from './bench/sysfs.mjs'
import { markdownTable } from './bench/table.mjs'
import { growthTable, startTable, turnsTable } from './bench/tables.mjs'
import { writeHost } from './bench/write-host.mjs'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '64,1024,8192' },
    shapes: { type: 'string', default: 'mixed' },
    runs: { type: 'string', default: '7' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    profile: { type: 'boolean', default: false },
    aims: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    sysfs: { type: 'boolean', default: false },
    kernel: { type: 'string', default: 'debian-6.12' },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const tool = [process.execPath, join(root, 'bin/run.js')]
const sizes = values.sizes.split(',').map(Number)
const shapes = values.shapes.split(',').filter((name) => Object.hasOwn(SHAPES, name))
const runs = Number(values.runs)

if (!values.page) {
  requireProgram('lspci', 'pciutils')
  requireProgram('/usr/bin/time', 'time')
}
run(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'])
const scratch = mkdtempSync(join(values.dir, 'vfio-reset-bench-'))
const floor = values.page || values.sysfs ? null : compileFloor(scratch)
try {
  if (values.page) await printPage()
  else if (values.sysfs) await printSysfs()
  else if (values.aims) await printAims()
  else await printAll()
} finally {
  rmSync(scratch, { recursive: true })
}

async function printAll() {
  const measured = []
  for (const shape of shapes) {
    for (const size of sizes) measured.push(await measure(shape, size))
  }
  print(
    `processor time, medians of ${runs} runs in turns, Node ${process.version}`,
    turnsTable(measured),
  )
  if (floor === null) console.log('No gcc here: no floor, a C program that only reads.\n')
  print('growth', growthTable(measured))
  if (values.profile) for (const each of measured) printProfile(each)
  const start = measureStart({ tool, scratch, runs: Math.max(runs, 15) })
  print('start, processor time against `node -e 0` in turns', startTable(start))
  printCaptures()
  print('aims', aimsTable(start, measured))
}

/** The table of docs/bench.md, and nothing else. */
async function printAims() {
  const measured = []
  for (const size of AIM_SIZES) measured.push(await measure('mixed', size))
  const start = measureStart({ tool, scratch, runs: Math.max(runs, 15), only: isAimed })
  print(`processor time in turns, medians, Node ${process.version}`, aimsTable(start, measured))
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

/** Real sysfs, in a guest of QEMU. */
async function printSysfs() {
  const { kernel } = values
  const [, bin] = tool
  try {
    const timed = await measureSysfs({ bin, kernel, runs })
    const { qemu, release, functions, turns, calls } = timed
    const where = `Linux ${release} in QEMU ${qemu}, Node ${process.version}`
    print(
      `processor time on real sysfs (1 ms: a million instructions), medians of ${runs} runs in turns, ${where}`,
      turnsTable([{ host: { functions }, turns }], calls),
    )
  } catch (error) {
    console.error(`bench --sysfs: ${error.message}`)
    process.exitCode = 2
  }
}

/** `inspect --json` and `inspect`, `lspci -vvv`, and the program that only reads, on one tree in turns. */
async function measure(shape, size) {
  const folder = join(scratch, `${shape}-${size}`)
  writeHost(folder, planHost({ shape, count: size, seed: 1 }))
  const json = [...tool, 'inspect', '--json', '--root', folder]
  const text = [...tool, 'inspect', '--root', folder]
  const lspci = ['lspci', '-A', 'linux-sysfs', '-O', `sysfs.path=${folder}/sys/bus/pci`, '-vvv']
  const commands = { json, text, lspci, ...(floor === null ? {} : { floor: [floor, folder] }) }
  const turns = runInTurns(commands, { runs, scratch })
  const profile =
    values.profile && size === sizes.at(-1)
      ? await profileByFile(json.slice(tool.length), { root, scratch })
      : null
  rmSync(folder, { recursive: true })
  return { host: { shape, functions: size }, turns, profile }
}

function printProfile({ host, profile }) {
  if (profile === null) return
  const total = profile.reduce((sum, { ms }) => sum + ms, 0)
  const rows = profile.slice(0, 25).map(({ file, ms, functions }) => {
    const longest = [...functions].sort((a, b) => b[1] - a[1]).slice(0, 3)
    const names = longest.map(([name, part]) => `${name || '(top)'} ${part.toFixed(0)}`)
    return [file, ms.toFixed(0), `${((ms / total) * 100).toFixed(1)} %`, names.join(', ')]
  })
  print(
    `self time of ${host.shape} ${host.functions}`,
    markdownTable(['file', 'ms', 'share', 'functions'], rows),
  )
}

function printCaptures() {
  const capture = join(root, 'share/demo.tar.gz')
  const ms = measureCaptures({ tool, capture, scratch, runs })
  console.log(`one more capture in one process (export): ${ms.toFixed(1)} ms of processor time\n`)
}

/** `table` null: what it tells of was not measured. */
function print(title, table) {
  if (table !== null) console.log(`${title}\n\n${table}\n`)
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
