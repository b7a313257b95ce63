import { describe, expect, test } from 'vitest'
import { describedBy } from '../../src/preflight/inputs/formats.js'
import { parseLibvirtNetwork } from '../../src/preflight/inputs/libvirt-network.js'
import { parsePveMapping } from '../../src/preflight/inputs/pve-mapping.js'
import { isInputProblem } from '../../src/preflight/inputs/vm-input.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import { NO_SURROUNDINGS, type Surroundings } from '../../src/preflight/requests/surroundings.js'
import { requestsOf } from '../../src/preflight/requests/vm-requests.js'
import { fullAddress } from '../support/ask.js'
import { ACS_OK, endpoint, rootPort, virtualFunction } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { preflightHost, questionOf } from '../support/preflight.js'

/** Two equal cards in groups of their own, and a network card with two VFs. */
const HOST: HostSpec = {
  functions: [
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
    endpoint('0000:01:00.0', { id: '10de:1eb8', group: 11, driver: 'vfio-pci', flr: true }),
    rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
    endpoint('0000:02:00.0', { id: '10de:1eb8', group: 12, driver: 'vfio-pci', flr: true }),
    rootPort('0000:00:03.0', { secondary: '03', acs: ACS_OK, group: 3 }),
    endpoint('0000:03:00.0', { id: '8086:1572', group: 13, driver: 'i40e', totalVfs: 2 }),
    virtualFunction('0000:03:02.0', { vf: { pf: '0000:03:00.0', index: 0 }, group: 14 }),
    virtualFunction('0000:03:02.1', { vf: { pf: '0000:03:00.0', index: 1 }, group: 15 }),
  ],
}

async function askedOf(text: string, surroundings: Partial<Surroundings> = {}) {
  const described = await describedBy(text, null)
  if ('problem' in described) throw new Error(described.problem)
  const host = await preflightHost(HOST, { functions: [] })
  const around = { raw: host.host.raw, surroundings: { ...NO_SURROUNDINGS, ...surroundings } }
  const vms = described.vms.flatMap((input) => requestsOf(input, around))
  const functions = vms.flatMap((vm) => vm.functions.map(({ address }) => address))
  const read = await preflightHost(HOST, { functions })
  const answer = runPreflight(read, { ...questionOf({ functions: [], plans: false }), vms })
  return { vms, answer }
}

/** `vm: functions; what could not be followed`, a line for each VM. */
async function told(text: string, surroundings: Partial<Surroundings> = {}) {
  const { vms } = await askedOf(text, surroundings)
  return vms.map(({ functions, notFollowed }) =>
    [
      ...functions.map(({ address }) => address.slice(5)),
      ...notFollowed.map(({ cause }) => `open:${cause}`),
    ].join(' '),
  )
}

const KUBEVIRT = `apiVersion: kubevirt.io/v1
kind: KubeVirt
spec: {configuration: {permittedHostDevices: {pciHostDevices: [{pciVendorSelector: "10DE:1EB8", resourceName: t4}]}}}
`
const vmi = (count: number) =>
  `---\napiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nmetadata: {name: v}\nspec: {domain: {devices: {gpus: [${Array.from({ length: count }, () => '{deviceName: t4}').join(', ')}]}}}\n`

describe('functions that are named by what they are', () => {
  test('one of two: an answer for each, which are no conflict', async () => {
    const { vms, answer } = await askedOf(KUBEVIRT + vmi(1))
    expect(vms.map(({ name }) => name)).toEqual(['v with 0000:01:00.0', 'v with 0000:02:00.0'])
    expect(answer.verdict).toBe('pass')
  })

  test('a VF of a function, as Incus names its parent', async () => {
    const device = (pci: string) =>
      `devices: {d: {type: gpu, gputype: sriov, pci: "${pci}"}, root: {type: disk, path: /}}`
    expect(await told(device('0000:03:00.0'))).toEqual(['03:02.0', '03:02.1'])
    expect(await told(device('0000:01:00.0'))).toEqual(['open:no-match'])
    const { vms } = await askedOf(
      'devices: {eth1: {type: nic, nictype: sriov, parent: eth9}, root: {type: disk, path: /}}',
    )
    expect(vms[0]?.notFollowed[0]?.text).toBe('eth1 (type: nic, nictype: sriov, parent: eth9)')
  })

  test('two of two are these two; three of two cannot be', async () => {
    expect(await told(KUBEVIRT + vmi(2))).toEqual(['01:00.0 02:00.0'])
    expect(await told(KUBEVIRT + vmi(3))).toEqual(['open:pool'])
  })

  test('what is only given away goes to a VM each', async () => {
    expect(await told(KUBEVIRT)).toEqual(['01:00.0', '02:00.0'])
    expect(await told('device_spec = {"vendor_id":"10de"}')).toEqual(['01:00.0', '02:00.0'])
    expect(await told('device_spec = {"address":"*:02:00.*"}')).toEqual(['02:00.0'])
    expect(await told('device_spec = {"vendor_id":"ffff"}')).toEqual(['open:no-match'])
  })

  test('groups and device files of CDI, without the bridges', async () => {
    const cdi = (path: string) =>
      `cdiVersion: 0.6.0\nkind: a/b\ndevices: [{name: x, containerEdits: {deviceNodes: [{path: ${path}}]}}]\n`
    expect(await told(cdi('/dev/vfio/11'))).toEqual(['01:00.0'])
    expect(await told(cdi('/dev/vfio/99'))).toEqual(['open:no-match'])
  })

  test('interfaces of the host', async () => {
    const netdevs = new Map([['eth0', fullAddress('03:00.0')]])
    const nic = (kind: string) =>
      `devices:\n  root: {type: disk, path: /}\n  n: {type: nic, nictype: ${kind}, parent: eth0}\n`
    expect(await told(nic('physical'), { netdevs })).toEqual(['03:00.0'])
    expect(await told(nic('sriov'), { netdevs })).toEqual(['03:02.0', '03:02.1'])
    expect(await told(nic('physical'))).toEqual(['open:no-match'])
  })

  test('a list of what the host gives away: a VM for each group', async () => {
    const list = (...words: readonly string[]) => `BIND=${words.join(' ')}\n`
    const [one, two] = ['0000:01:00.0|10de:1eb8', '0000:02:00.0|10de:1eb8']
    expect(await told(list(one, two))).toEqual(['01:00.0', '02:00.0'])
    expect(await told(list(one, '0000:02:00.0|10de:2204'))).toEqual(['open:no-match'])
    expect(await told(list('07:00.0'))).toEqual(['07:00.0'])
    const { vms } = await askedOf(list(one))
    expect(vms.map(({ name, oneOf }) => [name, oneOf])).toEqual([['with 0000:01:00.0', null]])
  })

  test('networks of libvirt', async () => {
    const xml = `<domain><devices><interface type='network'><source network='lan'/></interface></devices></domain>`
    expect(await told(xml)).toEqual(['open:network'])
    const lan = (forward: string) => {
      const network = parseLibvirtNetwork(`<network><name>lan</name>${forward}</network>`)
      if (network === null) throw new Error('no network')
      return { networks: new Map([['lan', network]]) }
    }
    expect(await told(xml, lan(`<forward mode='nat'/><bridge name='virbr0'/>`))).toEqual([''])
    expect(await told(xml, lan(`<forward mode='hostdev'/>`))).toEqual(['open:pool'])
    const address = (func: number) =>
      `<address type='pci' domain='0' bus='3' slot='2' function='${func}'/>`
    const listed = lan(`<forward mode='hostdev'>${address(0)}${address(1)}</forward>`)
    expect(await told(xml, listed)).toEqual(['03:02.0', '03:02.1'])
    const broken = lan(`<forward mode='hostdev'>${address(0)}${address(9)}</forward>`)
    expect(await told(xml, broken)).toEqual(['open:pool'])
    const parent = lan(`<forward mode='hostdev'><pf dev='eth0'/></forward>`)
    const netdevs = new Map([['eth0', fullAddress('03:00.0')]])
    expect(await told(xml, { ...parent, netdevs })).toEqual(['03:02.0', '03:02.1'])
    expect(await told(xml, parent)).toEqual(['open:no-match'])
  })
})

describe('resource mappings of Proxmox', () => {
  const VM = 'hostpci0: mapping=gpu\nmemory: 512\n'
  const around = (map: string, node: string | null = null): Partial<Surroundings> => {
    const mappings = parsePveMapping(`pci: gpu\n\tdescription x\n${map}`)
    if (isInputProblem(mappings)) throw new Error(mappings.problem)
    return { mappings, node }
  }
  const GOOD =
    '\tmap id=10de:1eb8,iommugroup=11,node=pve1,path=0000:01:00.0,subsystem-id=0000:0000\n'

  test('are followed on this node', async () => {
    expect(await told(VM, around(GOOD, 'pve1'))).toEqual(['01:00.0'])
    expect(await told(VM, around(GOOD, 'pve2'))).toEqual(['open:mapping'])
    // The name of the host was not captured, and the cluster knows one node.
    expect(await told(VM, around(GOOD))).toEqual(['01:00.0'])
    const two = GOOD + GOOD.replace('pve1', 'pve2')
    expect(await told(VM, around(two))).toEqual(['open:mapping'])
    expect(await told(VM)).toEqual(['open:mapping'])
  })

  test('several paths, a whole device, and one of several entries', async () => {
    const paths = GOOD.replace('0000:01:00.0', '0000:01:00;0000:02:00.0')
    expect(await told(VM, around(paths))).toEqual(['01:00.0 02:00.0'])
    const other = GOOD.replace('01:00.0', '02:00.0').replace('=11', '=12')
    expect(await told(VM, around(GOOD + other))).toEqual(['01:00.0', '02:00.0'])
  })

  const checkOf = async (map: string) => {
    const { answer } = await askedOf(VM, around(map))
    return answer.vms[0]?.checks.find(({ id }) => id === 'mapping')
  }

  test('are compared as Proxmox does, in its order', async () => {
    const right = await checkOf(GOOD)
    // IDs of the subsystem are what the host says; they were made here.
    const stated = right?.reasons[0]
    const subsystem = stated?.kind === 'mapping-differs' ? stated.actual : '0000:0000'
    const good = GOOD.replace('0000:0000', subsystem ?? '')
    expect(await checkOf(good)).toMatchObject({ outcome: 'pass' })
    const wrong = good
      .replace('1eb8', '1eb9')
      .replace('=11', '=99')
      .replace(/,subsystem.*/, '')
    for (const [map, property] of [
      [wrong, 'id'],
      [wrong.replace('1eb9', '1eb8'), 'iommugroup'],
      [wrong.replace('1eb9', '0x1eb8').replace('=99', '=11'), 'subsystem-id'],
    ] as const) {
      expect(await checkOf(map)).toMatchObject({
        outcome: 'fail',
        reasons: [{ kind: 'mapping-differs', property }],
      })
    }
  })
})
