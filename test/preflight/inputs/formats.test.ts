import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  describedBy,
  FORMATS,
  type FormatOption,
  readTogether,
} from '../../../src/preflight/inputs/formats.js'
import type { VmInput } from '../../../src/preflight/inputs/vm-input.js'

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/inputs/${name}`, import.meta.url), 'utf8')
}

async function told(text: string, option: FormatOption | null = null): Promise<string> {
  const described = await describedBy(text, option)
  if ('problem' in described) return `problem: ${described.problem}`
  return [described.format, ...described.vms.flatMap(foundIn)].join(' ')
}

function foundIn({ devices, skipped, notFollowed }: VmInput): readonly string[] {
  return [
    ...devices.map(({ which: { by } }) => (by === 'address' ? 'function' : `by:${by}`)),
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
    ['proxmox-100.conf', 'proxmox function function function by:mapping skipped:mediated'],
    ['cloud-hypervisor.sh', 'cloud-hypervisor function function'],
    ['not-followed/domain.xml', 'libvirt function'],
    ['not-followed/vm-args.conf', 'proxmox function'],
    ['not-followed/vm-mapping.conf', 'proxmox by:mapping'],
    ['two-ways/qemu.sh', 'qemu function function'],
    ['not-followed/vmi.yaml', 'kubevirt open:resource'],
  ])('%s', async (file, expected) => {
    expect(await told(fixture(file))).toBe(expected)
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
    ['qemu-system-x86_64 -device vfio-pci,host=5:0.0', 'qemu function'],
    [
      'exec qemu-kvm \\\n  -device "vfio-pci,host=05:00.0,romfile=/a,,b" \\\n  -device \'{"driver":"vfio-pci","host":"0000:05:00.1"}\'\n',
      'qemu function function',
    ],
    ['name: x\nmemory: 512\nnet0: virtio=BC:24:11:00:00:01,bridge=vmbr0\n', 'proxmox'],
    ['qemu-system-x86_64 -m 1G -drive file=a.img', 'qemu'],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toBe(expected)
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
    'virt-install --name a --memory 8192 --host-device pci_0000_0a_00_0 --disk size=40\n',
    'podman run --device /dev/vfio/25 --memory 8g --device /dev/vfio/vfio image\n',
    '[hypervisor.qemu]\npath = "/usr/bin/qemu-system-x86_64"\nhotplug_vfio = "root-port"\n',
    'find . -name vm.xml | grep -m 1 hostdev\n',
    'qm set 100 -hostpci0 0a:00,pcie=1\n',
    'services:\n  vm:\n    environment: {ARGUMENTS: "-device vfio-pci,host=0a:00.0"}\n',
    '\0\0\0',
  ]

  test.each(NONE)('%j is refused, and what is expected is told', async (text) => {
    const described = await describedBy(text, null)
    if (!('problem' in described)) throw new Error(`taken for ${described.format}`)
    for (const { words } of FORMATS) expect(described.hint).toContain(words)
  })

  test.each(['qemu', 'proxmox', 'cloud-hypervisor', 'libvirt'] as const)(
    'nor is any of it one for --%s',
    async (option) => {
      for (const text of [...NONE, fixture('not-followed/vmi.yaml')]) {
        expect(await told(text, option), text).toMatch(/^problem: /)
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
    ['hostpci0: mapping=x\nmemory: 1', 'by:mapping'],
    ['memory: 1\nfuture0: 0000:05:00.0', 'open:unknown-option'],
    [
      '{"cpus":{},"memory":{},"devizes":[{"path":"/sys/bus/pci/devices/0000:05:00.0"}]}',
      'open:unknown-option',
    ],
    ['cloud-hypervisor --device path=$DEV', 'open:variable'],
    ['cloud-hypervisor --devize path=/sys/bus/pci/devices/0000:05:00.0', 'open:unknown-option'],
    [
      `<domain><devices><interface type='network'><source network='vfs'/></interface></devices></domain>`,
      'by:network',
    ],
    [
      `<domain><devices><hostdev type='pcie'><source/></hostdev></devices></domain>`,
      'open:unknown-option',
    ],
    [
      `<domain><devices><future><source><address bus='5' slot='0'/></source></future></devices></domain>`,
      'open:unknown-option',
    ],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toContain(expected)
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
  ])('%j names none', async (text, expected) => {
    expect(await told(text)).toBe(expected)
  })

  test('a driver of libvirt that is not VFIO, beside the function', async () => {
    const source = `<source><address bus='5' slot='0'/></source>`
    const xml = `<hostdev type='pci'><driver name='kvm'/>${source}</hostdev>`
    expect(await told(xml)).toBe('libvirt function open:not-vfio')
    expect(await told(xml.replace('kvm', 'vfio'))).toBe('libvirt function')
  })

  test.each([
    [`<hostdev mode='subsystem' type='mdev' model='vfio-pci'/>`, 'mediated'],
    [`<hostdev mode='subsystem' type='mdev' model='vfio-ccw'/>`, 'ccw'],
    [`<hostdev mode='subsystem' type='mdev' model='vfio-ap'/>`, 'ap'],
  ])('%s is named for what it is', async (xml, kind) => {
    expect(await told(`<domain><devices>${xml}</devices></domain>`)).toBe(`libvirt skipped:${kind}`)
  })

  test.each([
    ['-drive file=nvme://0000:05:00.0/1,if=none', 'qemu function'],
    ['-blockdev driver=nvme,device=0000:05:00.0,namespace=1,node-name=n', 'qemu function'],
    [
      `-blockdev '{"driver":"raw","file":{"driver":"nvme","device":"0000:05:00.0","namespace":1}}'`,
      'qemu function',
    ],
    ['-drive file.driver=nvme,file.device=0000:05:00.0,if=none', 'qemu function'],
  ])('an NVMe controller that QEMU drives itself: %s', async (option, expected) => {
    expect(await told(`qemu-system-x86_64 ${option}`)).toBe(expected)
  })
})

test('a variable that nothing closes is no crash', async () => {
  for (const text of [`-device ${DOLLAR}{`, `-device vfio-pci,host=${DOLLAR}{}`]) {
    expect(await told(text), text).toMatch(/variable|no-address/)
  }
})

describe('KubeVirt and Harvester', () => {
  const PERMITTED = `apiVersion: kubevirt.io/v1
kind: KubeVirt
spec:
  configuration:
    permittedHostDevices:
      pciHostDevices:
        - {pciVendorSelector: "10DE:1EB8", resourceName: nvidia.com/T4}
`
  const vm = (devices: string, more = '') =>
    `apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: vm1}\nspec:\n${more}  template:\n    spec:\n      domain:\n        devices: ${devices}\n`
  const T4 = '{gpus: [{deviceName: nvidia.com/T4, name: g}]}'

  test.each([
    [vm(T4), 'kubevirt open:resource'],
    [`${vm(T4)}---\n${PERMITTED}`, 'kubevirt by:ids'],
    [PERMITTED, 'kubevirt by:ids'],
    [
      `${vm('{gpus: [{name: g, deviceName: nvidia.com/GRID}]}')}---
apiVersion: kubevirt.io/v1
kind: KubeVirt
spec: {configuration: {permittedHostDevices: {mediatedDevices: [{mdevNameSelector: GRID, resourceName: nvidia.com/GRID}]}}}
`,
      'kubevirt skipped:mediated',
    ],
    [
      'apiVersion: devices.harvesterhci.io/v1beta1\nkind: PCIDevice\nstatus: {address: "0000:05:00.0"}\n',
      'kubevirt open:unknown-option',
    ],
    [vm('{disks: []}'), 'kubevirt'],
    [vm('{interfaces: [{name: default, masquerade: {}}]}'), 'kubevirt'],
    [vm('{interfaces: [{name: fast, sriov: {}}]}'), 'kubevirt open:pool'],
    [vm('{gpus: [{name: g, claimName: c, requestName: r}]}'), 'kubevirt open:pool'],
    [vm('{future: [{host: "0000:05:00.0"}]}'), 'kubevirt open:unknown-option'],
    [vm('{disks: []}', '  instancetype: {name: gn1.large}\n'), 'kubevirt open:other-object'],
    [
      `apiVersion: devices.harvesterhci.io/v1beta1\nkind: PCIDeviceClaim\nspec: {address: "0000:05:00.0"}\n`,
      'kubevirt function',
    ],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toBe(expected)
  })

  test('the object of a further text says what the VM of another gets', async () => {
    const read = await Promise.all([vm(T4), PERMITTED].map((text) => describedBy(text, null)))
    const [one, other] = readTogether(read.filter((each) => 'format' in each))
    expect(one?.vms.flatMap(foundIn)).toEqual(['by:ids'])
    expect(other?.vms).toEqual([])
  })

  test('a list of objects, as kubectl prints it, also as JSON', async () => {
    const item = {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      spec: { domain: { devices: { hostDevices: [{ deviceName: 'x/y' }] } } },
    }
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item] })
    expect(await told(list)).toBe('kubevirt open:resource')
  })
})

describe('lists of what a host gives away', () => {
  test.each([
    ['BIND=0000:0a:00.0|10de:2204 0000:0a:00.1|10de:1aef\n', 'unraid-list by:list'],
    ['# mine\nBIND="02:00.0 03:00.0"\n', 'unraid-list by:list'],
    ['BIND=0000:0a:00.0|10de\n', 'unraid-list open:no-address'],
    [
      'BIND=0000:0a:00.0|10de:2204\nVFS=0000:05:00.0|8086:1521|2\n',
      'unraid-list by:list open:unknown-option',
    ],
    ['0000:0a:00.0 vfio-pci\n0000:0b:00.0 igb\n', 'driverctl-list by:list'],
    ['0000:0a:00.0 vfio-pci [*] (GA102 [GeForce RTX 3090])\n', 'driverctl-list by:list'],
    ['0000:0b:00.0 igb\n', 'driverctl-list'],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toBe(expected)
  })

  test('of a list of all functions those with a mark are given away', async () => {
    const read = await describedBy('0000:0a:00.0 vfio-pci [*]\n0000:0b:00.0 vfio-pci\n', null)
    expect('vms' in read && read.vms[0]?.devices[0]?.which).toMatchObject({
      functions: [{ text: '0000:0a:00.0 vfio-pci' }],
    })
  })
})

test('a name in CDATA, and what is commented out', async () => {
  const xml = `<?xml version="1.0"?><!-- <hostdev type='pci'/> --><domain xmlns:q="x"><name><![CDATA[a & b]]></name></domain>`
  const described = await describedBy(xml, null)
  expect('vms' in described && described.vms).toMatchObject([{ name: 'a & b', devices: [] }])
})

describe('Incus and LXD', () => {
  const incus = (devices: string, more = '') =>
    `architecture: x86_64\nconfig: {}\ndevices:\n  root: {type: disk, path: /, pool: default}\n  d: ${devices}\n${more}`
  test.each([
    [incus('{type: pci, address: "0000:05:00.0"}'), 'incus function'],
    [incus('{type: pci, address: "05:00.0"}'), 'incus function'],
    [incus('{type: pci, address: "05:00"}'), 'incus open:no-address'],
    [incus('{type: gpu, pci: "0000:05:00"}'), 'incus open:no-address'],
    [incus('{type: gpu, gputype: sriov, pci: "0000:05:00.0"}'), 'incus by:vf'],
    [incus('{type: gpu, gputype: sriov, id: "0"}'), 'incus open:pool'],
    [incus('{type: pci}'), 'incus open:no-address'],
    [
      '[{"name":"a","devices":{},"expanded_devices":{"r":{"type":"disk","path":"/"},"g":{"type":"pci","address":"0000:05:00.0"}}}]',
      'incus function',
    ],
    [incus('{type: gpu, gputype: physical, pci: "0000:05:00.0"}'), 'incus function'],
    [incus('{type: gpu, vendorid: "10de", productid: "1eb8"}'), 'incus by:ids'],
    [incus('{type: gpu}'), 'incus open:pool'],
    [incus('{type: gpu, gputype: mdev, pci: "0000:05:00.0"}'), 'incus skipped:mediated'],
    [incus('{type: nic, nictype: physical, parent: eth0}'), 'incus by:netdev'],
    [incus('{type: nic, nictype: sriov, parent: eth0}'), 'incus by:netdev'],
    [incus('{type: nic, nictype: bridged, parent: br0}'), 'incus'],
    [incus('{type: nic, network: incusbr0}'), 'incus'],
    [incus('{type: nic, network: vfs}'), 'incus open:pool'],
    [incus('{type: future, address: "0000:05:00.0"}'), 'incus open:unknown-option'],
    [incus('{type: usb}', 'profiles: [default]\n'), 'incus'],
    ['devices: {d: {type: usb}}\nprofiles: [default]\n', 'incus open:other-object'],
    [incus('{type: gpu}', 'type: container\n'), 'incus'],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toBe(expected)
  })
})

describe('what is given to containers and by Nova', () => {
  const cdi = (...paths: readonly string[]) =>
    JSON.stringify({
      cdiVersion: '0.6.0',
      kind: 'vendor.com/gpu',
      devices: [{ name: '0', containerEdits: { deviceNodes: paths.map((path) => ({ path })) } }],
    })
  test.each([
    [cdi('/dev/vfio/12', '/dev/vfio/vfio'), 'cdi by:group'],
    [cdi('/dev/vfio/devices/vfio3', '/dev/iommu'), 'cdi by:cdev'],
    [cdi('/dev/vfio/future'), 'cdi open:unknown-option'],
    [cdi('/dev/nvidia0'), 'cdi'],
    [
      '{"cdiVersion":"0.5.0","devices":[{"name":"0","containerEdits":{"mounts":[{"hostPath":"/dev/vfio"}]}}]}',
      'cdi open:unknown-option',
    ],
    [
      '[pci]\ndevice_spec = [{"vendor_id":"10de"},\n  {"address":"0000:0a:00.1"}]\n',
      'nova by:ids by:ids',
    ],
    ['[pci]\ndevice_spec = { "vendor_id": "10de", "product_id": "1eb8" }\n', 'nova by:ids'],
    ['[pci]\npassthrough_whitelist = [{"address": "*:0a:00.*"}]\n', 'nova by:ids'],
    [
      '[pci]\ndevice_spec = {"address": {"domain": ".*", "bus": "0a", "slot": "00", "function": "[0-3]"}}\n',
      'nova by:ids',
    ],
    ['[pci]\ndevice_spec = {"address": {"bus": "(a+)+"}}\n', 'nova open:pool'],
    ['[pci]\ndevice_spec = {"address": {"bus": "[9-0]"}}\n', 'nova open:pool'],
    ['[pci]\ndevice_spec = {"devname": "eth0"}\n', 'nova open:pool'],
    ['[pci]\ndevice_spec = what\n', 'problem: its device_spec what is no JSON object'],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toBe(expected)
  })
})

test.each(['', ' \n\n'])('an empty text is called that: %j', async (text) => {
  expect(await describedBy(text, null)).toMatchObject({ problem: 'it is empty' })
})
