// Measures what a hook adds to the start of a VM, as libvirt and Proxmox call it, on a synthetic host. No test runs this.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CLEAN_ENVIRONMENT, median } from './bench/run-process.mjs'
import { planHost } from './bench/shapes.mjs'
import { markdownTable } from './bench/table.mjs'
import { writeHost } from './bench/write-host.mjs'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1024' },
    devices: { type: 'string', default: '8' },
    runs: { type: 'string', default: '7' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    bin: { type: 'string' },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const bin = values.bin ?? join(root, 'bin/run.js')
if (values.bin === undefined) {
  spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'], { stdio: 'inherit' })
}

/** bash's `time` tells the processor time too: the figure that another load on the machine leaves alone. */
const SCRIPT = 'TIMEFORMAT="%R %U %S"; { time "$@" 2>"$SCRATCH/err"; } 2>"$SCRATCH/time"'

const scratch = mkdtempSync(join(values.dir, 'vfio-reset-hook-'))
try {
  const host = join(scratch, 'host')
  writeHost(host, planHost({ shape: 'mixed', count: Number(values.size), seed: 1 }))
  const addresses = spread(endpoints(host), Number(values.devices))
  const config = join(scratch, '100.conf')
  writeFileSync(config, addresses.map((each, index) => `hostpci${index}: ${each}\n`).join(''))
  const calls = [
    [
      'libvirt, prepare begin',
      ['libvirt', '--root', host, '--', 'vm', 'prepare', 'begin', '-'],
      domain(addresses),
    ],
    [
      'libvirt, no functions',
      ['libvirt', '--root', host, '--', 'vm', 'prepare', 'begin', '-'],
      domain([]),
    ],
    ['libvirt, reconnect', ['libvirt', '--', 'vm', 'reconnect', 'begin', '-'], ''],
    [
      'Proxmox, pre-start',
      ['proxmox', '--root', host, '--config', config, '--', '100', 'pre-start'],
      '',
    ],
    ['systemd', ['systemd', '--root', host, ...addresses], ''],
  ]
  const rows = calls.map(([name, argv, input]) => {
    const taken = Array.from({ length: Number(values.runs) }, () => call(argv, input))
    const codes = [...new Set(taken.map(({ status }) => status))]
    const of = (field) => taken.map((each) => each[field])
    const figures = [median(of('wallMs')), Math.max(...of('wallMs')), median(of('cpuMs'))]
    return [name, codes.join(' '), ...figures.map((ms) => Math.round(ms).toString())]
  })
  const head = ['call', 'exit', 'median ms', 'slowest ms', 'median processor ms']
  console.log(
    `${values.size} functions, ${addresses.length} of them for the VM, ${values.runs} runs\n`,
  )
  console.log(markdownTable(head, rows))
} finally {
  rmSync(scratch, { recursive: true })
}

function call(argv, input) {
  const { status, stdout } = spawnSync(
    'bash',
    ['-c', SCRIPT, 'bash', process.execPath, bin, 'hook', ...argv],
    { input, env: { ...CLEAN_ENVIRONMENT, LC_ALL: 'C', SCRATCH: scratch }, encoding: 'utf8' },
  )
  if (stdout !== '') throw new Error(`a hook wrote to stdout: ${stdout}`)
  const [wall, user, system] = readFileSync(join(scratch, 'time'), 'utf8')
    .trim()
    .split(' ')
    .map((seconds) => Number(seconds) * 1000)
  return { status, wallMs: wall, cpuMs: user + system }
}

/** Functions that are no bridges, by their class. */
function endpoints(host) {
  const folder = join(host, 'sys/bus/pci/devices')
  return readdirSync(folder)
    .filter((address) => !existsSync(join(folder, address, 'pci_bus')))
    .sort()
}

function spread(list, count) {
  const step = Math.max(1, Math.floor(list.length / count))
  return list.filter((_, index) => index % step === 0).slice(0, count)
}

function domain(addresses) {
  const devices = addresses.map((address) => {
    const [, domain, bus, slot, func] = /^(.*):(..):(..)\.(.)$/.exec(address)
    const place = `domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${func}'`
    return `<hostdev mode='subsystem' type='pci' managed='yes'><source><address ${place}/></source></hostdev>`
  })
  return `<domain type='kvm'><name>vm</name><devices>${devices.join('\n')}</devices></domain>`
}
