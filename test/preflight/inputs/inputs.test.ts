import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatPciAddress } from '../../../src/host/pci-address.js'
import { parseCloudHypervisor } from '../../../src/preflight/inputs/cloud-hypervisor.js'
import { parseLibvirtDomain } from '../../../src/preflight/inputs/libvirt-domain.js'
import { parseProxmoxConfig } from '../../../src/preflight/inputs/proxmox-config.js'
import { parseQemuCommandLine } from '../../../src/preflight/inputs/qemu-command-line.js'
import {
  type InputProblem,
  isInputProblem,
  type VmInput,
} from '../../../src/preflight/inputs/vm-input.js'

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/inputs/${name}`, import.meta.url), 'utf8')
}

/** Functions as `dddd:bb:dd.f`, `.*` for all of a device, with what is said about them. */
function found(input: VmInput | InputProblem): readonly string[] {
  if (isInputProblem(input)) return [`problem: ${input.problem}`]
  const devices = input.devices.map(({ which, managed, via, token }) => {
    if (which.by !== 'address') return `${which.by} ${'name' in which ? which.name : ''}`
    const { func, ...place } = which.place
    const address = formatPciAddress({ ...place, func: func ?? 0 })
    const name = func === null ? address.replace(/0$/, '*') : address
    return [name, managed ? 'managed' : '', via ?? '', token ?? '']
      .filter((each) => each !== '')
      .join(' ')
  })
  return [
    ...devices,
    ...input.skipped.map(({ kind }) => `skipped: ${kind}`),
    ...input.notFollowed.map(({ cause }) => `not followed: ${cause}`),
  ]
}

function problem(input: VmInput | InputProblem): string {
  return isInputProblem(input) ? `${input.line}: ${input.problem}` : 'none'
}

function hostdev(source: string): string {
  return `<domain><name>x</name><devices><hostdev mode='subsystem' type='pci'>${source}</hostdev></devices></domain>`
}

describe('libvirt domains', () => {
  test('the examples of libvirt’s manual', () => {
    expect(found(parseLibvirtDomain(fixture('libvirt-formatdomain.xml')))).toEqual([
      '0000:06:02.0 managed',
      '0000:00:07.0 managed',
      '0000:00:08.0',
      '0000:01:00.0 managed',
      'skipped: mediated',
    ])
  })

  test('a card, with hexadecimal and decimal numbers, and none of the guest’s own addresses', () => {
    const input = parseLibvirtDomain(fixture('libvirt-gpu.xml'))
    expect(found(input)).toEqual([
      '0000:0a:00.0 managed',
      '0000:0a:00.1 managed',
      'skipped: other-host-device',
    ])
    expect(input).toMatchObject({ name: 'win10' })
  })

  test.each(['testdomfv0.xml', 'testdomfc4.xml'])('%s of libvirt has no host devices', (name) => {
    expect(found(parseLibvirtDomain(fixture(name)))).toEqual([])
  })

  test('an element alone will do', () => {
    const xml = `<hostdev type='pci' managed='yes'><source><address bus='0x3' slot='0'/></source></hostdev>`
    expect(found(parseLibvirtDomain(xml))).toEqual(['0000:03:00.0 managed'])
  })

  test('iommufd, for one device or for all, and a VF token', () => {
    const source = `<source><address domain='0' bus='3' slot='0' function='1'/><vf-token uuid='t'/></source>`
    const one = hostdev(`<driver iommufd='yes'/>${source}`)
    expect(found(parseLibvirtDomain(one))).toEqual(['0000:03:00.1 iommufd t'])
    const all = hostdev(source).replace('<devices>', `<iommufd enabled='yes'/><devices>`)
    expect(found(parseLibvirtDomain(all))).toEqual(['0000:03:00.1 iommufd t'])
    const but = all.replace('<source>', `<driver name='vfio' model='x' iommufd='no'/><source>`)
    expect(found(parseLibvirtDomain(but))).toEqual(['0000:03:00.1 group t'])
  })

  test('octal numbers, as libvirt reads them', () => {
    const xml = hostdev(`<source><address bus='010' slot='0x1f' function='7'/></source>`)
    expect(found(parseLibvirtDomain(xml))).toEqual(['0000:08:1f.7'])
  })

  test.each([
    ['<source/>'],
    [`<source><address bus='0x100' slot='0'/></source>`],
    [`<source><address bus='zz' slot='0'/></source>`],
    [`<source><address bus='1' slot='32'/></source>`],
    [`<source><address bus='1' slot='0' function='8'/></source>`],
  ])('%s names no function', (source) => {
    expect(found(parseLibvirtDomain(hostdev(source)))).toEqual(['not followed: no-address'])
  })

  test.each([
    ['<domain><name>x</domain>', /^1: it is no well-formed XML \(unexpected close tag/],
    ['', /^null: it holds no element|no well-formed/],
    ['just words', /no well-formed XML/],
    ['<!DOCTYPE d [<!ENTITY a "b">]><domain/>', /^1: it has a DOCTYPE/],
    ['<domain>&undeclared;</domain>', /undefined entity/],
    ['<network><name>x</name></network>', /root element is <network>/],
    ['<domain>'.repeat(80), /nested more than 64 deep/],
    ['\u0000<domain/>', /no well-formed XML/],
  ])('%j is refused', (xml, expected) => {
    expect(problem(parseLibvirtDomain(xml))).toMatch(expected)
  })

  test('entities that would grow are refused before they do', () => {
    const bomb = `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><domain><name>&b;</name></domain>`
    expect(problem(parseLibvirtDomain(bomb))).toMatch(/DOCTYPE/)
  })

  test('a network of libvirt’s own samples is no domain', () => {
    expect(problem(parseLibvirtDomain(fixture('testnetdef.xml')))).toMatch(/<network>/)
  })
})

describe('QEMU command lines', () => {
  test('the last start in a log of libvirt', () => {
    const input = parseQemuCommandLine(fixture('qemu-libvirt.log'))
    expect(found(input)).toEqual(['0000:0a:00.0 group', '0000:0a:00.1 group'])
    expect(input).toMatchObject({ name: 'win10' })
  })

  test('a script, with iommufd and options that nobody knows', () => {
    const input = parseQemuCommandLine(fixture('qemu-iommufd.sh'))
    expect(found(input)).toEqual([
      '0000:0a:00.0 iommufd',
      '0000:0a:00.1 iommufd',
      'skipped: mediated',
    ])
    expect(input).toMatchObject({ name: 'my guest' })
  })

  test('the memory of a process', () => {
    const words = ['/usr/bin/kvm', '-device', 'vfio-pci,host=0000:65:00.0,vf-token=t', '']
    expect(found(parseQemuCommandLine(words.join('\0')))).toEqual(['0000:65:00.0 group t'])
  })

  test('a comma inside a value is written twice', () => {
    const line = `qemu-kvm -device 'vfio-pci,romfile=/a,,host=01:00.0,host=02:00.0'`
    expect(found(parseQemuCommandLine(line))).toEqual(['0000:02:00.0 group'])
  })

  test.each([
    ['-device vfio-pci', ['not followed: no-address']],
    ['-device vfio-pci,host=03:00', ['not followed: no-address']],
    ['-device vfio-pci,host=$GPU', ['not followed: variable']],
    ['-device e1000', []],
    ['-device', ['not followed: no-address']],
    ['', ['problem: it holds no word of a QEMU command line']],
  ])('%j', (line, expected) => {
    expect(found(parseQemuCommandLine(line))).toEqual(expected)
  })

  test('broken JSON is an error that quotes it', () => {
    expect(problem(parseQemuCommandLine(`-device '{"driver":'`))).toBe(
      'null: its -device {"driver": is no JSON object',
    )
  })
})

describe('Proxmox configurations', () => {
  test('all functions, several devices, mappings; without snapshots', () => {
    const input = parseProxmoxConfig(fixture('proxmox-100.conf'))
    expect(found(input)).toEqual([
      '0000:0a:00.* managed',
      '0000:03:00.0 managed',
      '0000:05:00.0 managed',
      'mapping nvme-pool',
      'skipped: mediated',
    ])
    expect(input).toMatchObject({ name: 'win11' })
  })

  test.each([
    ['hostpci0: 99:zz', /^1: hostpci0 names no PCI function: "99:zz"/],
    ['memory: 1\nhostpci1: pcie=1', /^2: hostpci1/],
    ['<domain/>', /^1: "<domain\/>" is no line/],
    ['# nothing', /no setting/],
    ['', /no setting/],
  ])('%j is refused', (text, expected) => {
    expect(problem(parseProxmoxConfig(text))).toMatch(expected)
  })

  test('an unknown key is passed over', () => {
    expect(found(parseProxmoxConfig('future-thing: 1\r\nhostpci0: 01:00.0\r\n'))).toEqual([
      '0000:01:00.0 managed',
    ])
  })
})

describe('Cloud Hypervisor command lines', () => {
  test('several devices after one option', () => {
    expect(found(parseCloudHypervisor(fixture('cloud-hypervisor.sh')))).toEqual([
      '0000:0a:00.0',
      '0000:0a:00.1',
    ])
  })

  test.each([
    ['--device=path=/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0', ['0000:01:00.0']],
    [
      '--platform iommufd=on --device path=/sys/bus/pci/devices/0000:01:00.0',
      ['0000:01:00.0 iommufd'],
    ],
    ['--device path=/sys/bus/mdev/devices/x', ['skipped: mediated']],
    ['cloud-hypervisor --device id=x', ['not followed: no-address']],
    ['cloud-hypervisor --net tap=', []],
  ])('%j', (line, expected) => {
    expect(found(parseCloudHypervisor(line))).toEqual(expected)
  })
})
