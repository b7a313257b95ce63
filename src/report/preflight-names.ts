import { describeFunction } from '../document/function-text.js'
import { stated, statedHex } from '../document/stated.js'
import { type PciAddress, parsePciAddress } from '../host/pci-address.js'
import type { RawFunction } from '../host/raw-host.js'
import type { FunctionNames } from '../preflight/report/document.js'

/** What functions are, for people: `VGA: NVIDIA GA102 [GeForce RTX 3090]`. A function that is not there has no name. */
export function describeFunctions(
  functions: readonly RawFunction[],
  names: FunctionNames,
): (address: PciAddress) => string | undefined {
  const byAddress = new Map(functions.map((each) => [each.address, each]))
  return (address) => {
    const raw = byAddress.get(address)
    if (raw === undefined) return undefined
    const driver = stated(raw.driver)
    const words = describeFunction({
      name: names.get(address) ?? null,
      classCode: statedHex(raw.classCode, 6),
      vendorId: statedHex(raw.vendorId, 4),
      deviceId: statedHex(raw.deviceId, 4),
      parent: parsePciAddress(raw.path.split('/').at(-2) ?? '') ?? null,
    })
    return typeof driver === 'string' ? `${words} (${driver})` : words
  }
}
