import type { PciNumbers } from '../../host/pci-address.js'
import type { Way } from '../../host/vm-facts.js'

/** What an input says about one VM, before it is known what the host has. */
export interface VmInput {
  /** Name of the domain or number of the guest; null: the input names none. */
  readonly name: string | null
  /** In the order of the input. */
  readonly devices: readonly InputDevice[]
  /** What the VM is given too, but is no PCI function that could be named before it starts. */
  readonly skipped: readonly SkippedDevice[]
}

/** An input from what was found in it, in order. */
export function vmInput(
  name: string | null,
  found: readonly (InputDevice | SkippedDevice)[],
): VmInput {
  return {
    name,
    devices: found.filter((each) => 'place' in each),
    skipped: found.filter((each) => 'kind' in each),
  }
}

export interface InputDevice {
  readonly place: InputPlace
  /** Whoever reads the input binds the function to vfio-pci. */
  readonly managed: boolean
  /** The interface that the input names for the device; null: none. */
  readonly way: Way | null
  readonly token: string | null
}

/** Numbers of a function; `func` null: all functions of the device. */
export interface InputPlace extends Omit<PciNumbers, 'func'> {
  readonly func: number | null
}

/** Why a device of the input is not checked. */
export interface SkippedDevice {
  readonly kind: SkippedKind
  /** The words of the input, cut to a line. */
  readonly text: string
}

/** Why a device is not checked. */
export type SkippedKind =
  /** A mediated device (mdev). */
  | 'mediated'
  /** A mapping of the cluster, which stands for a function on each node. */
  | 'mapping'
  /** A host device that is no PCI function. */
  | 'other-host-device'
  /** A function that is named in a way which does not tell its address. */
  | 'no-address'

/** An input that is none: what is wrong with it, and where. */
export interface InputProblem {
  readonly problem: string
  /** From 1; null: the input as a whole. */
  readonly line: number | null
}

/** Bytes that an input may have: generous for the largest domain, and nothing that fills a memory. */
export const INPUT_LIMIT = 4_194_304

/** Devices that one VM may be given; QEMU has room for fewer. */
export const MOST_DEVICES = 1024

export function isInputProblem(result: object): result is InputProblem {
  return 'problem' in result
}

/** Words of the input in a message: on one line, and not endless. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}

const PLACE = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])(?:\.([0-7]))?$/i

/** `[dddd:]bb:dd[.f]` as QEMU, Proxmox and sysfs paths write it; undefined: something else. */
export function parsePlace(text: string): InputPlace | undefined {
  const match = PLACE.exec(text)
  if (match === null) return undefined
  const [, domain = '0', bus = '', device = '', func] = match
  return {
    domain: Number.parseInt(domain, 16),
    bus: Number.parseInt(bus, 16),
    device: Number.parseInt(device, 16),
    func: func === undefined ? null : Number(func),
  }
}

/** The last component of a path below sysfs that names a function. */
export function parseSysfsPath(path: string): InputPlace | undefined {
  const name = path.replace(/\/+$/, '').split('/').at(-1)
  const place = name === undefined ? undefined : parsePlace(name)
  return place?.func === null ? undefined : place
}
