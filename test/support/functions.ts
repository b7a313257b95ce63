/** Capability and control of an ACS capability; `wide`: laid out as dwords, as some Intel ports do. */
export interface AcsSpec {
  readonly cap: number
  readonly ctl: number
  readonly wide?: boolean
}

/** SV, TB, RR, CR, UF there; SV, RR, CR, UF switched on: what the kernel leaves behind with an IOMMU ("ok"). */
export const ACS_OK: AcsSpec = { cap: 0x1f, ctl: 0x1d }
/** The capability with no bit in it: the vendor promises that functions cannot talk inside the device. */
export const ACS_EMPTY: AcsSpec = { cap: 0, ctl: 0 }
/** As `ACS_OK`, but request and completion redirect switched off. */
export const ACS_REDIRECT_OFF: AcsSpec = { cap: 0x1f, ctl: 0x11 }

/** What can be said about one function; everything has a default. */
export interface FunctionOptions {
  /** `vendor:device`. */
  readonly id?: string
  /** `vendor:device` of the subsystem. */
  readonly subsystem?: string
  /** 24-bit class code. */
  readonly class?: number
  readonly revision?: number
  /** Header bit 7. The kernel takes any function above 0 for multifunction without it. */
  readonly mfd?: boolean
  /** Bus number below a bridge: `01`, in the bridge's own domain. */
  readonly secondary?: string
  readonly driver?: string
  /** Number of the IOMMU group; left out: none. */
  readonly group?: number
  readonly acs?: AcsSpec | null
  /** A port with a slot implemented; `number` names it, if pciehp makes it one. */
  readonly slot?: { readonly hotplug: boolean; readonly number?: number }
  /** pciehp owns the port: its service is bound and the slot is registered. */
  readonly pciehp?: boolean
  /** PF and number of a VF. */
  readonly vf?: { readonly pf: string; readonly index: number }
  /** TotalVFs; a PF of VFs in the list has at least as many. */
  readonly totalVfs?: number
  readonly flr?: boolean
  readonly afFlr?: boolean
  /** NoSoftRst clear: D3hot to D0 resets the function. */
  readonly pm?: boolean
  /** Content of `reset_method`; left out: what the capabilities give; null: no such file. */
  readonly resetMethods?: string | null
  readonly powerState?: string | null
  readonly runtimeStatus?: string | null
  /** Enable count; left out: 1 on a host driver, else 0. */
  readonly enable?: number
  readonly numaNode?: number
  readonly bootVga?: boolean
  /** Link below a port, as its data link layer reports it; null: it does not report. */
  readonly linkActive?: boolean | null
  /** Downstream port containment, and whether it was triggered. */
  readonly dpc?: { readonly triggered: boolean } | null
  /** CXL port capability with its "Unmask SBR" bit. */
  readonly cxl?: { readonly unmaskSbr: boolean; readonly link?: 'cxl' | 'pcie' } | null
  /** The capability; of a port: ARI forwarding is on. */
  readonly ari?: boolean
  /** Emulated domain below a VMD endpoint: its root bus, `10000:e0`. */
  readonly childDomain?: string
  /** How much of `config` there is: everything, the 64 bytes without privilege, no file, or a dead function. */
  readonly config?: 'full' | 'unprivileged' | 'absent' | 'ones'
  /** vfio device; left out: made up for functions on a vfio driver; null: none. */
  readonly vfioDev?: { readonly name: string; readonly cdev: boolean } | null
  /** `sys/class/net`-like children are not made; these files are put into the function's folder. */
  readonly files?: Readonly<Record<string, string>>
}

/** PCIe device/port type as the flags register codes it; null: no PCIe capability. */
export type TypeCode = 0 | 1 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | null

export interface FunctionSpec extends FunctionOptions {
  readonly address: string
  readonly type: TypeCode
  readonly header: 'normal' | 'bridge' | 'cardbus'
}

type Maker = (address: string, options?: FunctionOptions) => FunctionSpec

const BRIDGE_CLASS = 0x060400

function maker(type: TypeCode, header: FunctionSpec['header'], defaults: FunctionOptions): Maker {
  return (address, options = {}) => ({ address, type, header, ...defaults, ...options })
}

export const rootPort = maker(4, 'bridge', {
  id: '8086:1901',
  class: BRIDGE_CLASS,
  driver: 'pcieport',
})
export const switchUp = maker(5, 'bridge', {
  id: '104c:8232',
  class: BRIDGE_CLASS,
  driver: 'pcieport',
})
export const switchDown = maker(6, 'bridge', {
  id: '104c:8233',
  class: BRIDGE_CLASS,
  driver: 'pcieport',
})
/** PCIe to conventional PCI (type 7). */
export const pcieToPci = maker(7, 'bridge', { id: '1b36:000e', class: BRIDGE_CLASS })
/** Reverse bridge, conventional PCI to PCIe (type 8). */
export const pciToPcie = maker(8, 'bridge', { id: '10b5:8112', class: BRIDGE_CLASS })
export const conventionalBridge = maker(null, 'bridge', { id: '8086:244e', class: BRIDGE_CLASS })
export const cardbusBridge = maker(null, 'cardbus', { id: '1180:0476', class: 0x060700 })
export const endpoint = maker(0, 'normal', { id: '8086:10d3', class: 0x020000 })
export const legacyEndpoint = maker(1, 'normal', { id: '1000:0072', class: 0x010700 })
export const rcEndpoint = maker(9, 'normal', { id: '1022:1456', class: 0x108000 })
export const rcEventCollector = maker(10, 'normal', { id: '8086:7d4a', class: 0x080700 })
/** A function without PCIe capability. */
export const conventional = maker(null, 'normal', { id: '8086:100e', class: 0x020000 })
/** The host bridge or dummy function that most root buses show at some `.0`. */
export const hostBridge = maker(null, 'normal', { id: '1022:1482', class: 0x060000 })
/** Volume management device; give it `childDomain`. */
export const vmd = maker(9, 'normal', { id: '8086:9a0b', class: 0x010400, driver: 'vmd' })
/** A VF; its configuration space answers all ones for vendor and device. */
export const virtualFunction = maker(0, 'normal', { id: '8086:10ca', class: 0x020000 })

/** Gives the functions of each list one group, numbered from 0: what the acceptance tables write as `{..} | {..}`. */
export function inGroups(
  groups: readonly (readonly string[])[],
  functions: readonly FunctionSpec[],
): FunctionSpec[] {
  const numbers = new Map(groups.flatMap((members, id) => members.map((each) => [each, id])))
  return functions.map((each) => {
    const group = numbers.get(each.address)
    return group === undefined ? each : { ...each, group }
  })
}
