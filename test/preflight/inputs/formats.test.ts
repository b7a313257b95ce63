import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describedBy, FORMATS, type FormatOption } from '../../../src/preflight/inputs/formats.js'
import type { VmInput } from '../../../src/preflight/inputs/vm-input.js'

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/inputs/${name}`, import.meta.url), 'utf8')
}

function told(text: string, option: FormatOption | null = null): string {
  const described = describedBy(text, option)
  if ('problem' in described) return `problem: ${described.problem}`
  return [described.format, ...described.vms.flatMap(foundIn)].join(' ')
}

function foundIn({ devices, skipped, notFollowed }: VmInput): readonly string[] {
  return [
    ...devices.map(() => 'function'),
    ...skipped.map(({ kind }) => `skipped:${kind}`),
    ...notFollowed.map(({ cause }) => `open:${cause}`),
  ]
}

describe('the format is recognised by the content', () => {
  test.each([
    ['libvirt-gpu.xml', 'libvirt function function skipped:other-host-device'],
    ['testdomfv0.xml', 'libvirt'],
    ['qemu-libvirt.log', 'qemu function function'],
    ['qemu-iommufd.sh', 'qemu function function skipped:mediated'],
    ['proxmox-100.conf', 'proxmox function function function skipped:mediated open:mapping'],
    ['cloud-hypervisor.sh', 'cloud-hypervisor function function'],
    ['not-followed/domain.xml', 'libvirt function'],
    ['not-followed/vm-args.conf', 'proxmox function'],
    ['not-followed/vm-mapping.conf', 'proxmox open:mapping'],
    ['two-ways/qemu.sh', 'qemu function function'],
  ])('%s', (file, expected) => {
    expect(told(fixture(file))).toBe(expected)
  })

  test.each([
    [
      '[device "hostdev0"]\n  driver = "vfio-pci"\n  host = "0000:05:00.0"\n',
      'qemu-config function',
    ],
    ['[machine]\n  type = "q35"\n[device]\n  driver = "e1000"\n', 'qemu-config'],
    [
      '{"cpus":{"boot_vcpus":1},"devices":[{"path":"/sys/bus/pci/devices/0000:05:00.0/"}]}',
      'cloud-hypervisor-config function',
    ],
    ['{"path":"/sys/bus/pci/devices/0000:05:00.0"}', 'cloud-hypervisor-config function'],
    [
      '{"cpus":{"boot_vcpus":1},"memory":{"size":1},"payload":{"kernel":"k"}}',
      'cloud-hypervisor-config',
    ],
    ['{"kernel":"k","vfio":["/sys/bus/pci/devices/0000:05:00.0"]}', 'crosvm-config function'],
    ['crosvm run --vfio /sys/bus/pci/devices/0000:05:00.0,iommu=viommu vmlinux', 'crosvm function'],
    ['crosvm run --vfio=/sys/bus/pci/devices/0000:05:00.0 vmlinux', 'crosvm function'],
    [
      'ch-remote --api-socket s add-device path=/sys/bus/pci/devices/0000:05:00.0',
      'cloud-hypervisor function',
    ],
    ['qemu-system-x86_64 --device vfio-pci,host=05:00.0', 'qemu function'],
    ['name: x\nmemory: 512\nnet0: virtio=BC:24:11:00:00:01,bridge=vmbr0\n', 'proxmox'],
    ['qemu-system-x86_64 -m 1G -drive file=a.img', 'qemu'],
  ])('%j', (text, expected) => {
    expect(told(text)).toBe(expected)
  })
})

describe('what is no description', () => {
  const NONE: readonly string[] = [
    '',
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n',
    'Dear all, please find the machine attached.',
    '{"hello":"world"}',
    '- a\n- b\n',
    '[Unit]\nDescription=a service\n',
    '\0\0\0',
  ]

  test.each(NONE)('%j is refused, and what is expected is told', (text) => {
    const described = describedBy(text, null)
    if (!('problem' in described)) throw new Error(`taken for ${described.format}`)
    for (const { words } of FORMATS) expect(described.hint).toContain(words)
  })

  test.each(['qemu', 'proxmox', 'cloud-hypervisor', 'libvirt'] as const)(
    'nor is any of it one for --%s',
    (option) => {
      for (const text of [...NONE, fixture('not-followed/vmi.yaml')]) {
        expect(told(text, option), text).toMatch(/^problem: /)
      }
    },
  )
})

/** Not written out, or it would be one of ours. */
const DOLLAR = '$'

describe('what may give a function and cannot be followed', () => {
  test.each([
    ['qemu-system-x86_64 -readconfig vm.cfg', 'open:other-file'],
    ['qemu-system-x86_64 @args', 'open:other-file'],
    ['crosvm run --cfg vm.json', 'open:other-file'],
    ['qemu-system-x86_64 -enable-kvm $DEVICES', 'open:variable'],
    [`qemu-system-x86_64 -m 1G "${DOLLAR}{ARGS[@]}"`, 'open:variable'],
    ['qemu-system-x86_64 -device $DEV', 'open:variable'],
    [`qemu-system-x86_64 -device vfio-pci,host=${DOLLAR}{GPU}`, 'open:variable'],
    ['qemu-system-x86_64 $(devices)', 'open:variable'],
    ['qemu-system-x86_64 -device vfio-future,host=05:00.0', 'open:unknown-option'],
    ['qemu-system-x86_64 -devize vfio-pci,host=05:00.0', 'open:unknown-option'],
    ['qemu-system-x86_64 -set device.x.host=0000:05:00.0', 'open:unknown-option'],
    ['qemu-system-x86_64 -device vfio-pci', 'open:no-address'],
    ['hostpci0: mapping=x\nmemory: 1', 'open:mapping'],
    ['memory: 1\nfuture0: 0000:05:00.0', 'open:unknown-option'],
    [
      '{"cpus":{},"memory":{},"devizes":[{"path":"/sys/bus/pci/devices/0000:05:00.0"}]}',
      'open:unknown-option',
    ],
    ['cloud-hypervisor --device path=$DEV', 'open:variable'],
    ['cloud-hypervisor --devize path=/sys/bus/pci/devices/0000:05:00.0', 'open:unknown-option'],
    [
      `<domain><devices><interface type='network'><source network='vfs'/></interface></devices></domain>`,
      'open:pool',
    ],
    [
      `<domain><devices><hostdev type='pcie'><source/></hostdev></devices></domain>`,
      'open:unknown-option',
    ],
    [
      `<domain><devices><future><source><address bus='5' slot='0'/></source></future></devices></domain>`,
      'open:unknown-option',
    ],
  ])('%j', (text, expected) => {
    expect(told(text)).toContain(expected)
  })

  test.each([
    ['qemu-system-x86_64 -m $MEM -name "$NAME" -drive file=$DISK', 'qemu'],
    ['qemu-system-x86_64 -device vfio-user-pci,socket=/run/s', 'qemu'],
    [
      'qemu-system-x86_64 -object input-linux,id=k,evdev=/dev/input/by-path/pci-0000:00:14.0-usb-0:1:1.0-event-kbd',
      'qemu',
    ],
    [
      `<domain><devices><interface type='network'><source network='default'/></interface></devices></domain>`,
      'libvirt',
    ],
    [
      `<domain><devices><interface type='network'><source network='lan' bridge='virbr1'/></interface></devices></domain>`,
      'libvirt',
    ],
    [
      `<domain><devices><disk type='block'><source dev='/dev/disk/by-path/pci-0000:00:1f.2-ata-1'/></disk></devices></domain>`,
      'libvirt',
    ],
    [`<domain><metadata><note>0000:05:00.0</note></metadata></domain>`, 'libvirt'],
  ])('%j names none', (text, expected) => {
    expect(told(text)).toBe(expected)
  })

  test('a driver of libvirt that is not VFIO, beside the function', () => {
    const source = `<source><address bus='5' slot='0'/></source>`
    const xml = `<hostdev type='pci'><driver name='kvm'/>${source}</hostdev>`
    expect(told(xml)).toBe('libvirt function open:not-vfio')
    expect(told(xml.replace('kvm', 'vfio'))).toBe('libvirt function')
  })

  test.each([
    [`<hostdev mode='subsystem' type='mdev' model='vfio-pci'/>`, 'mediated'],
    [`<hostdev mode='subsystem' type='mdev' model='vfio-ccw'/>`, 'ccw'],
    [`<hostdev mode='subsystem' type='mdev' model='vfio-ap'/>`, 'ap'],
  ])('%s is named for what it is', (xml, kind) => {
    expect(told(`<domain><devices>${xml}</devices></domain>`)).toBe(`libvirt skipped:${kind}`)
  })

  test.each([
    ['-drive file=nvme://0000:05:00.0/1,if=none', 'qemu function'],
    ['-blockdev driver=nvme,device=0000:05:00.0,namespace=1,node-name=n', 'qemu function'],
    [
      `-blockdev '{"driver":"raw","file":{"driver":"nvme","device":"0000:05:00.0","namespace":1}}'`,
      'qemu function',
    ],
    ['-drive file.driver=nvme,file.device=0000:05:00.0,if=none', 'qemu function'],
  ])('an NVMe controller that QEMU drives itself: %s', (option, expected) => {
    expect(told(`qemu-system-x86_64 ${option}`)).toBe(expected)
  })
})

test('a variable that nothing closes is no crash', () => {
  for (const text of [`-device ${DOLLAR}{`, `-device vfio-pci,host=${DOLLAR}{}`]) {
    expect(told(text), text).toMatch(/variable|no-address/)
  }
})
