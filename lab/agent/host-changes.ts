import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { HostChange } from '../scenario.js'
import { bindDriver, DEVICES } from './drivers.js'

const PCIEHP = '/sys/bus/pci_express/drivers/pciehp'

const SERVICES = '/sys/bus/pci_express/devices'

/** What changes did to the machine beyond drivers, so that it can be undone before the next scenario. */
export interface Undoing {
  /** Hotplug services taken from their ports. */
  readonly released: Set<string>
  /** Whether functions were taken off their bus. */
  rescans: boolean
}

export function nothingToUndo(): Undoing {
  return { released: new Set(), rescans: false }
}

/** What needs no VFIO file. */
export type DriverChange = Exclude<HostChange, { readonly do: 'token' }>

/** Does to the host what a scenario begins with. Returns what stands in the way, or null. */
export function makeChange(change: DriverChange, undoing: Undoing): string | null {
  try {
    switch (change.do) {
      case 'bind':
        return bindDriver(change.device, change.driver)
      case 'remove':
        undoing.rescans = true
        writeFileSync(`${DEVICES}/${change.device}/remove`, '1')
        return null
      case 'rescan':
        writeFileSync('/sys/bus/pci/rescan', '1')
        return null
      case 'release-slot':
        return releaseSlot(change.port, undoing)
      case 'take-slot':
        return takeSlot(change.port, undoing)
      case 'vfs':
        return makeFunctions(change.device, change.count)
    }
  } catch (error) {
    return `${JSON.stringify(change)}: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Gives ports their hotplug services back, and looks for functions that were taken off. */
export function undo(undoing: Undoing): readonly string[] {
  const failures = [...undoing.released].map((port) => takeSlot(port, undoing))
  if (undoing.rescans) writeFileSync('/sys/bus/pci/rescan', '1')
  undoing.rescans = false
  return failures.filter((failure) => failure !== null)
}

export function hasPciehp(port: string): boolean {
  const service = hotplugServiceOf(port)
  return service !== undefined && existsSync(`${PCIEHP}/${service}`)
}

function releaseSlot(port: string, { released }: Undoing): string | null {
  const service = hotplugServiceOf(port)
  if (service === undefined) return `${port} has no hotplug service`
  writeFileSync(`${PCIEHP}/unbind`, service)
  released.add(port)
  return null
}

function takeSlot(port: string, { released }: Undoing): string | null {
  const service = hotplugServiceOf(port)
  if (service === undefined) return `${port} has no hotplug service`
  if (!existsSync(`${PCIEHP}/${service}`)) writeFileSync(`${PCIEHP}/bind`, service)
  released.delete(port)
  return null
}

/** `0000:00:10.0:pcie004`: port type in the first digit, service in the last (PCIE_PORT_SERVICE_HP is bit 2). */
function hotplugServiceOf(port: string): string | undefined {
  if (!existsSync(SERVICES)) return undefined
  return readdirSync(SERVICES).find(
    (name) => name.startsWith(`${port}:pcie`) && name.endsWith('04'),
  )
}

/** The kernel wants 0 between two different numbers. */
function makeFunctions(device: string, count: number): string | null {
  const file = `${DEVICES}/${device}/sriov_numvfs`
  if (readFileSync(file, 'utf8').trim() !== '0') writeFileSync(file, '0')
  if (count > 0) writeFileSync(file, String(count))
  return null
}
