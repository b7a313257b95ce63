import { existsSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { diagnose } from '../../src/doctor/diagnose.js'
import { doctorReport } from '../../src/doctor/report/doctor-report.js'
import { renderDoctor } from '../../src/doctor/report/text.js'
import { valueOrNull } from '../../src/host/gap.js'
import { readHost } from '../../src/host/read/read-host.js'
import { readReadiness } from '../../src/host/read/read-readiness.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import type { TreeKind } from '../../src/host/tree/tree.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { fixturePath, REAL_HOSTS } from '../support/fixtures.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, NO_IOMMU, TWO_GROUPS } from '../support/hosts.js'
import { flowing, PIPE } from '../support/report-of.js'
import { runMain } from '../support/run-main.js'

const TOOL = { name: 'vfio-reset', version: '0.0.0' }

interface Differing {
  readonly files?: HostFiles
  readonly kind?: TreeKind
}

function machineOf(spec: HostSpec, { files = {}, kind = 'live' }: Differing = {}) {
  const origin = { kind, path: null }
  const tree = createMemoryTree(new Map(Object.entries({ ...buildHost(spec), ...files })), origin)
  const host = analyseHost(readHost(tree, { wake: false, holders: false }))
  return { host, readiness: readReadiness(tree, valueOrNull(host.raw.system.osRelease)) }
}

function checkOf(id: string, spec: HostSpec, differing: Differing = {}) {
  return doctorReport(machineOf(spec, differing), TOOL).checks.find((check) => check.id === id)
}

const bytes = (text: string) => new TextEncoder().encode(text)
const RELEASE = '6.12.117'
const modules = (text: string): HostFiles => ({
  [`lib/modules/${RELEASE}/modules.dep`]: bytes(text),
})

describe('the IOMMU', () => {
  it('is missed, with what helps on this platform', () => {
    const report = doctorReport(machineOf(NO_IOMMU), TOOL)
    expect(report.verdict).toBe('fail')
    expect(report.summary).toMatch(
      /^This machine is not ready to give functions to VMs\. No IOMMU is active\./,
    )
    expect(report.checks.map(({ id }) => id)).not.toContain('group-holes')
    expect(report.checks.map(({ id }) => id)).not.toContain('interrupts')
  })

  it.each([
    ['amd_iommu=off', 'Remove amd_iommu=off'],
    ['quiet intel_iommu=off', 'Remove intel_iommu=off'],
  ])('is switched on by leaving out %s', (cmdline, remedy) => {
    expect(checkOf('iommu', { ...NO_IOMMU, cmdline })?.remedy).toContain(remedy)
  })

  it.each([
    ['0x1af4', 'hypervisor', /firmware|intel_iommu=on/],
    ['0x1022', 'AMD-Vi', /intel_iommu|VT-d/],
    ['0x8086', 'intel_iommu=on', /hypervisor|AMD-Vi/],
  ])('is not to be had in the same way everywhere: %s', (vendor, has, hasNot) => {
    const bridge = 'sys/devices/pci0000:00/0000:00:00.0'
    const machine = machineOf(NO_IOMMU)
    const [first, ...others] = machine.host.raw.functions
    if (first === undefined) throw new Error(`no function beside ${bridge}`)
    const known = <T>(value: T) => ({ known: true, value }) as const
    const raw = {
      ...machine.host.raw,
      functions: [
        { ...first, vendorId: known(Number(vendor)), classCode: known(0x060000) },
        ...others.slice(0, 0),
      ],
    }
    const report = doctorReport({ ...machine, host: machine.host.whatIf(raw) }, TOOL)
    const remedy = report.checks.find(({ id }) => id === 'iommu')?.remedy ?? ''
    expect(remedy).toContain(has)
    expect(remedy).not.toMatch(hasNot)
  })

  it('names the functions that it leaves out', () => {
    const found = checkOf('group-holes', {
      ...TWO_GROUPS,
      functions: TWO_GROUPS.functions.map(({ group, ...each }) =>
        each.address === '0000:01:00.1' || group === undefined ? each : { ...each, group },
      ),
    })
    expect(found?.outcome).toBe('warn')
    expect(found?.what).toContain('0000:01:00.1')
  })
})

describe('vfio-pci', () => {
  const unbound: HostSpec = {
    ...GPU,
    functions: GPU.functions.map(({ driver: _, ...each }) => each),
  }

  it.each([
    ['is loaded when something is bound to it', TWO_GROUPS, {}, 'pass'],
    [
      'is loaded when its driver is there',
      unbound,
      { 'sys/bus/pci/drivers/vfio-pci/bind': bytes('') },
      'pass',
    ],
    [
      'can be loaded',
      unbound,
      modules('kernel/drivers/vfio/pci/vfio-pci.ko.zst: kernel/x.ko\n'),
      'warn',
    ],
    ['is missing', unbound, modules('kernel/drivers/vfio/pci/mlx5/mlx5-vfio-pci.ko:\n'), 'fail'],
    ['may be anywhere', unbound, {}, 'cannot-tell'],
  ] as const)('%s', (_, spec, files, outcome) => {
    expect(checkOf('vfio-pci', spec, { files })?.outcome).toBe(outcome)
  })
})

describe('lockdown', () => {
  it.each([
    ['none [integrity] confidentiality', 'warn'],
    ['[none] integrity confidentiality', 'pass'],
    ['what', 'cannot-tell'],
  ])('reads %s', (text, outcome) => {
    const files = { 'sys/kernel/security/lockdown': bytes(`${text}\n`) }
    expect(checkOf('lockdown', TWO_GROUPS, { files })?.outcome).toBe(outcome)
  })

  it('is none on a live host without it, and unknown in a copy', () => {
    expect(checkOf('lockdown', TWO_GROUPS)?.outcome).toBe('pass')
    expect(checkOf('lockdown', TWO_GROUPS, { kind: 'directory' })?.outcome).toBe('cannot-tell')
  })
})

test('an ACS override is told, and so is unsafe no-IOMMU mode', () => {
  const cmdline = 'pcie_acs_override=downstream,multifunction'
  expect(checkOf('acs-override', { ...TWO_GROUPS, cmdline })?.outcome).toBe('warn')
  expect(checkOf('acs-override', { ...TWO_GROUPS, cmdline: 'quiet' })?.outcome).toBe('pass')
})

test('what is only good to know leaves the verdict as it is', () => {
  const { checks, verdict } = diagnose(machineOf(TWO_GROUPS, { kind: 'directory' }))
  const open = checks.filter(({ outcome }) => outcome === 'cannot-tell').map(({ id }) => id)
  const decisive = open.filter(
    (id) => !['group-holes', 'noiommu', 'lockdown', 'acs-override'].includes(id),
  )
  expect(verdict).toBe(decisive.length > 0 ? 'cannot-tell' : 'pass')
})

test('the first line is the answer', () => {
  const report = doctorReport(machineOf(NO_IOMMU), TOOL)
  expect(flowing(renderDoctor(report, PIPE)).startsWith(flowing(report.summary))).toBe(true)
})

const CAPTURED = REAL_HOSTS.filter((name) => existsSync(fixturePath(name, 'tree.tar.gz')))

describe.each(CAPTURED)('%s', (name) => {
  test('is answered with the exit code of its verdict', async () => {
    const { stdout, exitCode } = await runMain(
      'doctor',
      '--capture',
      fixturePath(name, 'tree.tar.gz'),
      '--json',
    )
    const { verdict, checks, gaps } = JSON.parse(stdout)
    expect(exitCode).toBe({ pass: 0, fail: 1, 'cannot-tell': 3 }[String(verdict)])
    const paths = gaps.map(({ path }: { path: string }) => path)
    for (const { outcome, reasons, what } of checks) {
      if (outcome !== 'cannot-tell') continue
      expect(what).toContain(reasons[0].path)
      expect(paths).toContain(reasons[0].path)
    }
  })
})
