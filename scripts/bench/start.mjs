import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLEAN_ENVIRONMENT, runProcess } from './run-process.mjs'
import { planHost } from './shapes.mjs'
import { writeHost } from './write-host.mjs'

/** How often each is run in a turn: bash tells milliseconds, and a bare Node takes 22. */
const TIMES = 4

/** Short runs, each in turns with a Node that does nothing: what, processor times in ms, and their ratios. */
export function measureStart({ tool, scratch, runs, only = () => true }) {
  const host = join(scratch, 'start-64')
  writeHost(host, planHost({ shape: 'mixed', count: 64, seed: 1 }))
  const domain = join(scratch, 'domain.xml')
  const hook = [...tool, 'hook', 'libvirt', '--root', host, '--', 'vm', 'prepare', 'begin', '-']
  writePassingDomain(host, domain, hook)
  const lines = [
    ['`--version`', [...tool, '--version']],
    ['`inspect --demo`', [...tool, 'inspect', '--demo']],
    ['`inspect`, 64 functions', [...tool, 'inspect', '--root', host]],
    ['`inspect --json`, 64 functions', [...tool, 'inspect', '--json', '--root', host]],
    ['`hook libvirt` passing, 64 functions', hook, domain],
    [
      '`hook libvirt`, not a start',
      [...tool, 'hook', 'libvirt', '--', 'vm', 'release', 'end', '-'],
    ],
  ]
  return lines
    .filter(([what]) => only(what))
    .map(([what, argv, input]) => ({ what, ...inTurns(argv, input, { scratch, runs }) }))
}

function inTurns(argv, input, { scratch, runs }) {
  const run = () => runProcess(argv, scratch, { input, times: TIMES }).cpuMs
  const bare = () => runProcess([process.execPath, '-e', '0'], scratch, { times: TIMES }).cpuMs
  run()
  const turns = Array.from({ length: runs }, () => ({ bare: bare(), ms: run() }))
  return { ms: turns.map(({ ms }) => ms), ratios: turns.map(({ bare, ms }) => ms / bare) }
}

/** A domain with the first function of the host that a VM can be given. */
function writePassingDomain(host, file, [program, ...words]) {
  const folder = join(host, 'sys/bus/pci/devices')
  for (const address of readdirSync(folder).sort()) {
    if (existsSync(join(folder, address, 'pci_bus'))) continue
    const input = domainWith(address)
    if (spawnSync(program, words, { input, env: CLEAN_ENVIRONMENT }).status !== 0) continue
    writeFileSync(file, input)
    return
  }
  throw new Error('no function of this host can be given to a VM')
}

/** What libvirt hands a hook: a domain that is given one function. */
export function domainWith(address) {
  const [, domain, bus, slot, func] = /^(.*):(..):(..)\.(.)$/.exec(address)
  const place = `domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${func}'`
  return `<domain type='kvm'><name>vm</name><devices><hostdev mode='subsystem' type='pci' managed='yes'><source><address ${place}/></source></hostdev></devices></domain>`
}
