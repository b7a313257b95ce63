import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { acsBitNames } from '../src/iommu/acs.js'
import { analyseIsolation } from '../src/iommu/analyse-isolation.js'
import { buildTopology } from '../src/pci/build-topology.js'
import { computeUnits } from '../src/vfio/units.js'
import { affected, answer, at, decide, fullAddress, scopeOf } from './support/ask.js'
import { fixturePath, LABS, loadFixture, REAL_HOSTS } from './support/fixtures.js'

test.each([...REAL_HOSTS, ...LABS])('%s has notes, and a line in the list', (name) => {
  expect(existsSync(fixturePath(name, 'NOTES.md'))).toBe(true)
  expect(readFileSync(fixturePath('README.md'), 'utf8')).toContain(name)
})

describe.each(REAL_HOSTS)('%s', (name) => {
  test('every function is placed, and everything that needs a bus above has its scope', async () => {
    const raw = await loadFixture(name)
    const vfio = decide(raw)
    expect(vfio.topology.devices).toHaveLength(raw.functions.length)
    for (const device of vfio.topology.devices) {
      const { scope, denials } = scopeOf(vfio, device.address)
      const kinds = denials.map(({ kind }) => kind)
      expect(kinds.includes('root-bus'), device.address).toBe(device.onRootBus)
      if (scope === null) expect(kinds, device.address).not.toEqual([])
      else expect(scope.affected).toContain(device)
    }
  })
})

describe('amd-x570-rtx3090', async () => {
  const raw = await loadFixture('amd-x570-rtx3090')
  const vfio = decide(raw)
  const facts = printedFacts()

  test('the 31 recomputed groups equal those that the kernel stated', () => {
    const check = analyseIsolation(vfio.topology).check()
    expect(raw.groups).toHaveLength(31)
    expect(check).toEqual({ comparable: true, differences: [] })
  })

  test('a hot reset of the GPU takes its audio function along', () => {
    expect(affected(vfio, '0a:00.0')).toBe('0a:00.0 0a:00.1')
    expect(affected(vfio, '0a:00.1')).toBe('0a:00.0 0a:00.1')
  })

  test('the audio driver keeps the group of the GPU from being opened', () => {
    expect(answer(vfio, 'group-fds', '0a:00.0')).toBe('EPERM set-container')
  })

  test('GPU and audio function cannot be given to different users', () => {
    const unit = computeUnits(vfio).find(({ devices }) => devices.includes(fullAddress('0a:00.0')))
    expect(unit?.devices).toEqual(['0000:0a:00.0', '0000:0a:00.1'])
    expect(unit?.groups).toEqual([25])
  })

  // 0b:00.0 is the 13th: of a single endpoint, whose ACS decides nothing, the registers are not read.
  const printed = facts.filter((each) => each.acs_printed && each.bdf !== '0000:0b:00.0')

  test.each(printed)('ACS of $bdf as lspci printed it', (fact) => {
    const { acs } = at(vfio, fact.bdf)
    if (!acs.known || acs.value === null) throw new Error('no ACS capability')
    expect(acsBitNames(acs.value.capability)).toEqual(fact.acs_printed?.cap.map(shortBit))
    expect(acsBitNames(acs.value.control)).toEqual(fact.acs_printed?.ctl.map(shortBit))
  })

  test('12 functions have ACS that counts', () => {
    expect(printed).toHaveLength(12)
  })
})

describe('ghw-i7-1270p-groups', () => {
  test('groups without registers can be shown but not explained', async () => {
    const raw = await loadFixture('ghw-i7-1270p-groups')
    const isolation = analyseIsolation(buildTopology(raw))
    expect(raw.groups).toHaveLength(15)
    expect(isolation.check().comparable).toBe(false)
    expect(raw.functions.every(({ config }) => !config.known)).toBe(true)
  })
})

describe('hwloc-domain-32bit', () => {
  test('the second domain has a root bus of its own', async () => {
    const vfio = decide(await loadFixture('hwloc-domain-32bit'))
    expect(at(vfio, '10000:00:04.0')).toMatchObject({
      bus: '10000:00',
      onRootBus: true,
      parent: null,
    })
    expect(scopeOf(vfio, '10000:00:04.0').denials).toEqual([
      { kind: 'root-bus', address: '10000:00:04.0' },
    ])
  })
})

describe('hwloc-8ve-plx', () => {
  test('a reset above the switch takes everything below, an accelerator stands alone', async () => {
    const vfio = decide(await loadFixture('hwloc-8ve-plx'))
    expect(affected(vfio, '18:00.0')).toBe(
      '18:00.0 19:04.0 19:08.0 19:0c.0 19:10.0 19:14.0 1a:00.0 1b:00.0 1c:00.0 1d:00.0 1e:00.0',
    )
    expect(affected(vfio, '1b:00.0')).toBe('1b:00.0')
  })
})

describe('hwloc-32em64t-mic-nvme', () => {
  test('what stands behind byte 64 is unknown, never absent', async () => {
    const { devices } = buildTopology(await loadFixture('hwloc-32em64t-mic-nvme'))
    const express = devices.filter(
      ({ raw }) => raw.config.known && raw.config.value.capabilities === null,
    )
    expect(express).toHaveLength(80)
    for (const { acs, portType } of express) {
      expect(acs).toMatchObject({ known: false, gap: { why: 'truncated' } })
      expect(portType).toMatchObject({ known: false, gap: { why: 'truncated' } })
    }
  })
})

interface Fact {
  readonly bdf: string
  readonly acs_printed?: { readonly cap: readonly string[]; readonly ctl: readonly string[] }
}

/** What the source of the fixture printed of every function. */
function printedFacts(): readonly Fact[] {
  return JSON.parse(readFileSync(fixturePath('amd-x570-rtx3090', 'facts.json'), 'utf8')).devices
}

/** lspci's names of ACS bits. */
function shortBit(name: string): string | undefined {
  return new Map([
    ['SrcValid', 'SV'],
    ['TransBlk', 'TB'],
    ['ReqRedir', 'RR'],
    ['CmpltRedir', 'CR'],
    ['UpstreamFwd', 'UF'],
    ['EgressCtrl', 'EC'],
    ['DirectTrans', 'DT'],
  ]).get(name)
}
