import { expect, test } from 'vitest'
import { correctPortType, decodePortType, hasLinkBelow } from '../../src/pci/port-type.js'

test.each([
  [0, 'endpoint'],
  [1, 'legacy-endpoint'],
  [2, undefined],
  [3, undefined],
  [4, 'root-port'],
  [5, 'upstream-port'],
  [6, 'downstream-port'],
  [7, 'pcie-to-pci-bridge'],
  [8, 'pci-to-pcie-bridge'],
  [9, 'rc-endpoint'],
  [10, 'rc-event-collector'],
  [15, undefined],
])('type %i is %s', (code, expected) => {
  expect(decodePortType(code)).toBe(expected)
})

/** Switches that swap the kinds of their ports (set_pcie_port_type). */
test.each([
  ['downstream-port', 'root-port', 'upstream-port'],
  ['downstream-port', 'downstream-port', 'upstream-port'],
  ['downstream-port', 'pci-to-pcie-bridge', 'upstream-port'],
  ['downstream-port', 'pcie-to-pci-bridge', 'downstream-port'],
  ['downstream-port', 'upstream-port', 'downstream-port'],
  ['upstream-port', 'upstream-port', 'downstream-port'],
  ['upstream-port', 'root-port', 'upstream-port'],
  ['endpoint', 'root-port', 'endpoint'],
  ['downstream-port', undefined, 'downstream-port'],
] as const)('%s below %s counts as %s', (type, parent, expected) => {
  expect(correctPortType(type, parent)).toBe(expected)
})

test('links are below root ports, downstream ports and reverse bridges', () => {
  const types = Array.from({ length: 11 }, (_, code) => decodePortType(code))
  const linked = types.filter((type) => type !== undefined && hasLinkBelow(type))
  expect(linked).toEqual(['root-port', 'downstream-port', 'pci-to-pcie-bridge'])
})
