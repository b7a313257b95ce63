import { isKnownAs } from '../gap.js'
import type { PciAddress } from '../pci-address.js'
import type { FunctionIdentity } from '../read/read-functions.js'
import { isFailure } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'
import { traceInterface } from './network-trace.js'
import {
  followLink,
  functionAbove,
  joinTraces,
  lostTrace,
  NOTHING,
  namesIn,
  type Trace,
  type TraceContext,
} from './trace.js'
import type { TracedUse, Use } from './use.js'

/** Lists that tell of consoles and keyboards, as they read; empty where they could not be read. */
export interface ConsoleTexts {
  readonly consoles: string
  readonly inputs: string
}

/** Whoever sits before the host, or before its management controller: screens, serial consoles, keyboards. */
export function consoleUses(
  context: TraceContext,
  identities: readonly FunctionIdentity[],
  { consoles, inputs }: ConsoleTexts,
): readonly Use[] {
  const lines = consoles.split(/\s+/).filter((name) => name !== '' && !/^tty\d+$/.test(name))
  const uses: readonly TracedUse[] = [
    ...screens(identities).map(carriedBy('console', 'boot_vga')),
    ...lines.map(
      (name) => ({ kinds: ['console'], detail: name, trace: traceConsole(context, name) }) as const,
    ),
    ...netconsoles(context),
    ...managementFunctions(context).map(carriedBy('bmc', 'IPMI')),
    ...keyboards(context, inputs).map(carriedBy('keyboard', INPUTS)),
  ]
  return uses.map((use) => ({ ...use, candidates: [] }))
}

export const INPUTS = 'proc/bus/input/devices'

function carriedBy(kind: Use['kinds'][number], detail: string) {
  return (address: PciAddress) =>
    ({ kinds: [kind], detail, trace: { functions: [address], gaps: [] } }) as const
}

/** The screen that firmware came up on. */
function screens(identities: readonly FunctionIdentity[]): readonly PciAddress[] {
  return identities.flatMap(({ facts: { address, bootVga } }) =>
    isKnownAs(bootVga, true) ? [address] : [],
  )
}

const TERMINALS = 'sys/class/tty'
const VIRTIO_PORTS = 'sys/class/virtio-ports'
/** How netconsole appears among the active consoles. */
const NETCON = /^netcon/

/** Function behind a console; none where a terminal is on no PCI function. `ttyN` is whatever screen there is. */
function traceConsole(context: TraceContext, name: string): Trace {
  if (NETCON.test(name)) return netconsoles(context).length > 0 ? NOTHING : lostConsole(name)
  return followLink(context, joinPath(TERMINALS, name), (folder) => {
    if (!folder.startsWith('sys/devices/virtual/')) return NOTHING
    if (!name.startsWith('hvc')) return lostConsole(name)
    const ports = namesIn(context.tree, VIRTIO_PORTS)
    if (ports.length === 0) return lostConsole(name)
    return joinTraces(
      ports.map((port) => followLink(context, joinPath(VIRTIO_PORTS, port), () => NOTHING)),
    )
  })
}

function lostConsole(name: string): Trace {
  return lostTrace(
    joinPath(TERMINALS, name),
    `which function the console ${name} is on is not shown`,
  )
}

const NETCONSOLE_TARGETS = 'sys/kernel/config/netconsole'
const NETCONSOLE_OPTION = 'sys/module/netconsole/parameters/netconsole'

/** Interfaces over which the kernel sends its messages: `port@address/INTERFACE,…`, or targets in configfs. */
function netconsoles(context: TraceContext): readonly TracedUse[] {
  const { tree } = context
  const option = tree.readText(NETCONSOLE_OPTION)
  const named = isFailure(option) ? [] : netconsoleInterfaces(option)
  const targets = namesIn(tree, NETCONSOLE_TARGETS).flatMap((target) => {
    const name = tree.readText(`${NETCONSOLE_TARGETS}/${target}/dev_name`)
    return isFailure(name) || name === '' ? [] : [name]
  })
  return [...new Set([...named, ...targets])].map((name) => ({
    kinds: ['console'],
    detail: `netconsole on ${name}`,
    trace: traceInterface(context, name),
  }))
}

/** Interfaces that netconsole's option names. */
export function netconsoleInterfaces(option: string): readonly string[] {
  return option.split(';').flatMap((each) => /^[^/,]*\/([^,]+),/.exec(each)?.[1] ?? [])
}

const IPMI = 'sys/class/ipmi'

/** Functions through which the host speaks to its management controller. */
function managementFunctions({ tree, functions }: TraceContext): readonly PciAddress[] {
  return namesIn(tree, IPMI).flatMap((name) => {
    const target = tree.readLink(`${IPMI}/${name}/device`)
    const link = tree.readLink(joinPath(IPMI, name))
    const path = [link, target].filter((each) => typeof each === 'string').join('/')
    return functionAbove(path, functions) ?? []
  })
}

/**
 * Devices with the handler `kbd`: their `Sysfs=` path leads through the function. Buttons and virtual ones hang below
 * none.
 */
function keyboards({ functions }: TraceContext, text: string): readonly PciAddress[] {
  const found = text.split(/\n\n+/).flatMap((device) => {
    if (!/^H: Handlers=.*\bkbd\b/m.test(device) || !hasLetterKeys(device)) return []
    const sysfs = /^S: Sysfs=(\S+)$/m.exec(device)?.[1] ?? ''
    return functionAbove(sysfs, functions) ?? []
  })
  return [...new Set(found)]
}

/** Headset buttons and jacks have the handler too; a keyboard repeats keys (`EV=120013`: bit 20, EV_REP). */
function hasLetterKeys(device: string): boolean {
  const events = /^B: EV=([0-9a-f]+)$/m.exec(device)?.[1]
  return events !== undefined && (Number.parseInt(events, 16) & 0x10_0000) !== 0
}
