import { existsSync, readlinkSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

export const DEVICES = '/sys/bus/pci/devices'

const DRIVERS = '/sys/bus/pci/drivers'

/** Driver that a function is bound to; null: none. */
export function driverOf(address: string): string | null {
  const link = `${DEVICES}/${address}/driver`
  return existsSync(link) ? basename(readlinkSync(link)) : null
}

/** Binds a function to a driver, or to none. Returns what stands in the way, or null. */
export function bindDriver(address: string, driver: string | null): string | null {
  try {
    const current = driverOf(address)
    if (current === driver) return null
    if (current !== null) writeFileSync(`${DRIVERS}/${current}/unbind`, address)
    writeFileSync(`${DEVICES}/${address}/driver_override`, `${driver ?? ''}\n`)
    if (driver !== null) writeFileSync(`${DRIVERS}/${driver}/bind`, address)
  } catch (error) {
    return `${address} to ${driver}: ${error instanceof Error ? error.message : String(error)}`
  }
  const found = driverOf(address)
  return found === driver ? null : `${address} to ${driver}: it is on ${found}`
}

/** Lets go of all functions that pci-stub was told to take at boot, and of the order to do so. */
export function releaseStub(addresses: readonly string[]): void {
  if (!existsSync(`${DRIVERS}/pci-stub`)) return
  const any = 'ffffffff ffffffff ffffffff ffffffff'
  for (const match of ['20000 ffff00', '10800 ffff00']) {
    try {
      writeFileSync(`${DRIVERS}/pci-stub/remove_id`, `${any} ${match}`)
    } catch {
      // Distribution kernels were given no such order.
      break
    }
  }
  for (const address of addresses) {
    if (driverOf(address) === 'pci-stub') bindDriver(address, null)
  }
}
