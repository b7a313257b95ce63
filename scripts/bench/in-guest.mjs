// Runs in a guest, as root, on its real sysfs, in an empty folder: what `npm run bench -- --sysfs` measures, as JSON on standard output.
//   node in-guest.mjs RUNS TOOL
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFloor } from './floor.mjs'
import { runInTurns } from './run-process.mjs'

const DEVICES = '/sys/bus/pci/devices'
/** Calls that name or read files: how often threads wait for each other differs from run to run. */
const CALLS = 'trace=%file,read,pread64,getdents64,close,fstat'

const [runs, tool] = process.argv.slice(2)
const node = process.execPath
const scratch = process.cwd()
const floor = compileFloor(scratch)
const commands = {
  lspci: ['lspci', '-vvv'],
  bare: [node, '-e', '0'],
  text: [node, tool, 'inspect'],
  json: [node, tool, 'inspect', '--json'],
  ...(floor === null ? {} : { floor: [floor, '/'] }),
}
const functions = functionsHere().length
const turns = runInTurns(commands, { runs: Number(runs), scratch })
console.log(JSON.stringify({ functions, turns, calls: hasStrace() ? countCalls() : {} }))

function functionsHere() {
  return readdirSync(DEVICES)
}

function hasStrace() {
  return spawnSync('strace', ['--version'], { stdio: 'ignore' }).error === undefined
}

/** Twice, so that what a function costs shows apart from what a run costs. */
function countCalls() {
  const { lspci, text, json } = commands
  const traced = Object.entries({ lspci, text, json })
  const large = traced.map(([what, argv]) => [what, [trace(argv)]])
  removeHalf()
  return Object.fromEntries(
    large.map(([what, counts]) => [what, [...counts, trace(commands[what])]]),
  )
}

function trace(argv) {
  const file = join(scratch, 'calls')
  spawnSync('strace', ['-f', '-c', '-e', CALLS, '-o', file, ...argv], { stdio: 'ignore' })
  return { functions: functionsHere().length, summary: readFileSync(file, 'utf8') }
}

/** Takes every second port with all that is below it off the bus. */
function removeHalf() {
  const ports = functionsHere().filter(isPort)
  for (const [at, port] of ports.entries()) {
    if (at % 2 === 1) writeFileSync(join(DEVICES, port, 'remove'), '1')
  }
}

function isPort(address) {
  return readFileSync(join(DEVICES, address, 'class'), 'utf8').startsWith('0x0604')
}
