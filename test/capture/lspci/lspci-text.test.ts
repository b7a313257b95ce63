import { expect, test } from 'vitest'
import { lspciTree } from '../../../src/capture/lspci/lspci-text.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { buildTopology } from '../../../src/pci/build-topology.js'
import { openFixture } from '../../support/fixtures.js'

const SOURCE = { kind: 'capture', path: 'lspci.txt' } as const

/** What `lspci -xxxx` prints of these bytes. */
function dump(address: string, bytes: Uint8Array): string {
  const rows: string[] = [`${address} Something: of some vendor`]
  for (let at = 0; at < bytes.length; at += 16) {
    const digits = [...bytes.subarray(at, at + 16)].map((byte) =>
      byte.toString(16).padStart(2, '0'),
    )
    rows.push(`${at.toString(16).padStart(2, '0')}: ${digits.join(' ')}`)
  }
  return `${rows.join('\n')}\n`
}

async function topologyOf(text: string) {
  const tree = lspciTree(text, SOURCE)
  if (typeof tree === 'string') throw new Error(tree)
  return buildTopology(await readHost(tree, { wake: false, holders: true }))
}

test('gives the topology and the registers that the tree gives', async () => {
  const tree = await openFixture('amd-x570-rtx3090')
  const host = buildTopology(await readHost(tree, { wake: false, holders: false }))
  const text = host.devices.map(({ address, raw }) => {
    const prefix = tree.readPrefix({ path: `${raw.path}/config`, length: 4096 })
    return 'bytes' in prefix ? dump(address.slice(5), prefix.bytes) : ''
  })
  const read = await topologyOf(text.join('\n'))
  const facts = ({ devices }: typeof host) =>
    devices.map(({ address, parent, acs, portType, secondaryBus }) => ({
      address,
      parent,
      acs,
      portType,
      secondaryBus,
    }))
  expect(facts(read)).toEqual(facts(host))
})

test('takes VFs from the registers of their PF', async () => {
  const physfn = Buffer.alloc(4096)
  physfn.writeUInt32LE(0x1533_8086, 0)
  physfn.writeUInt16LE(0x10, 6)
  physfn.writeUInt8(0x40, 0x34)
  physfn.writeUInt16LE(0x0010, 0x40)
  physfn.writeUInt32LE(0x0001_0010, 0x100)
  physfn.writeUInt16LE(1, 0x108)
  physfn.writeUInt16LE(8, 0x10e)
  physfn.writeUInt16LE(2, 0x110)
  physfn.writeUInt16LE(0x80, 0x114)
  physfn.writeUInt16LE(2, 0x116)
  physfn.writeUInt16LE(0x1520, 0x11a)
  const virtfn = Buffer.alloc(64)
  virtfn.writeUInt32LE(0xffffffff, 0)
  const { devices } = await topologyOf(
    dump('01:00.0', physfn) + dump('01:10.0', virtfn) + dump('01:10.2', virtfn),
  )
  expect(devices.map(({ address, raw }) => [address, raw.deviceId, raw.physfn])).toEqual([
    ['0000:01:00.0', { known: true, value: 0x1533 }, { known: true, value: null }],
    ['0000:01:10.0', { known: true, value: 0x1520 }, { known: true, value: '0000:01:00.0' }],
    ['0000:01:10.2', { known: true, value: 0x1520 }, { known: true, value: '0000:01:00.0' }],
  ])
})

test('lets drivers and groups be unknown, never absent', async () => {
  const { raw } = await topologyOf(dump('00:00.0', Buffer.alloc(256)))
  expect(raw.functions[0]?.driver).toMatchObject({ known: false, gap: { why: 'not-captured' } })
  expect(raw.functions[0]?.iommuGroup).toMatchObject({ known: false })
  expect(raw.groupsListed).toMatchObject({ known: false })
})

test.each([
  ['', /neither an archive nor a dump/],
  ['00:00.0 Host bridge: x\n00: 86 80\n', /neither an archive nor a dump/],
  [dump('00:00.0', Buffer.alloc(64)).repeat(2), /dumps 0000:00:00\.0 twice/],
])('is told when it is none: %j', (text, message) => {
  expect(lspciTree(text, SOURCE)).toMatch(message)
})
