import type { PciNumbers } from '../../host/pci-address.js'
import type { VmInterface } from '../../host/vm-facts.js'
import { distinct } from '../../text/lists.js'
import type { VmmId } from '../vmm.js'

/** What an input says about one VM, before it is known what the host has. */
export interface VmInput {
  /** Name of the domain or number of the guest; null: the input names none. */
  readonly name: string | null
  /** What runs it. */
  readonly vmm: VmmId
  /** In the order of the input. */
  readonly devices: readonly InputDevice[]
  /** What the VM is given too, and is no PCI function. */
  readonly skipped: readonly SkippedDevice[]
  /** What may give the VM a PCI function, and does not say which. */
  readonly notFollowed: readonly NotFollowed[]
}

/** One thing that was found in an input. */
export type Found = InputDevice | SkippedDevice | NotFollowed

/** An input from what was found in it, in order. */
export function vmInput(
  name: string | null,
  found: readonly Found[],
  vmm: VmmId = 'qemu',
): VmInput {
  return {
    name: name === '' ? null : name,
    vmm,
    devices: found.filter((each) => 'which' in each),
    skipped: found.filter((each) => 'kind' in each),
    notFollowed: distinct(found.filter((each) => 'cause' in each)).slice(0, MOST_NOT_FOLLOWED),
  }
}

/** So many are named; there are as many in no description that somebody wrote. */
const MOST_NOT_FOLLOWED = 256

export interface InputDevice {
  readonly which: DeviceChoice
  /** Whether whoever reads the input binds the function to vfio-pci; null: the input does not say. */
  readonly managed: boolean | null
  /** What it takes along; none: the function alone. */
  readonly along?: TakenAlong
  /** The interface that the input names for the device; null: none. */
  readonly via: VmInterface | null
  readonly token: string | null
}

/** What a manager takes from the host along with a function. */
export type TakenAlong =
  /** It binds every member of the IOMMU group but bridges (`PVE::SysFSTools::pci_dev_group_bind_to_vfio`). */
  | 'group'
  /**
   * It binds those members of the group that are functions of the same device, and gives them to the VM too (`gpuPhysical.pciDeviceDriverOverrideIOMMU`
   * and `qemu.addGPUDevConfig` of Incus and LXD).
   */
  | 'device'

/** How an input says which functions of a host it means. What is not an address carries the words of the input. */
export type DeviceChoice =
  | ByAddress
  | ByGroup
  | ByCdev
  | ByIds
  | ByNetdev
  | ByParent
  | ByMapping
  | ByNetwork
  | ByList

export interface ByAddress {
  readonly by: 'address'
  readonly place: InputPlace
}

/** All functions of an IOMMU group, whose file is given (`/dev/vfio/12`). */
export interface ByGroup {
  readonly by: 'group'
  readonly group: number
  readonly text: string
}

/** The function of a device file of VFIO (`/dev/vfio/devices/vfio3`). */
export interface ByCdev {
  readonly by: 'cdev'
  readonly name: string
  readonly text: string
}

/** Functions that match a pattern. */
export interface ByIds {
  readonly by: 'ids'
  readonly pattern: FunctionPattern
  /** How many of them the VM gets; `each`: every one goes to a VM of its own. */
  readonly count: number | 'each'
  readonly text: string
}

/** What a function must have; null: anything will do. */
export interface FunctionPattern {
  readonly vendor: number | null
  readonly device: number | null
  /** Full address, as a pattern of the whole. */
  readonly address: RegExp | null
}

/** The function behind a network interface of the host, or one of its VFs. */
export interface ByNetdev {
  readonly by: 'netdev'
  readonly name: string
  readonly gives: 'itself' | 'a-vf'
  readonly text: string
}

/** One of the VFs of a function. */
export interface ByParent {
  readonly by: 'vf'
  readonly parent: InputPlace
  readonly text: string
}

/** A resource mapping of Proxmox. */
export interface ByMapping {
  readonly by: 'mapping'
  readonly name: string
}

/** A network of libvirt, which may be a pool of VFs. */
export interface ByNetwork {
  readonly by: 'network'
  readonly name: string
}

/** Functions that a host gives away; those of one IOMMU group go to one VM, and each group to one of its own. */
export interface ByList {
  readonly by: 'list'
  readonly functions: readonly ListedFunction[]
}

/** `vendor`, `device`: what the function must be; null: anything. */
export interface ListedFunction {
  readonly place: InputPlace
  readonly vendor: number | null
  readonly device: number | null
  readonly text: string
}

/** Numbers of a function; `func` null: all functions of the device. */
export interface InputPlace extends Omit<PciNumbers, 'func'> {
  readonly func: number | null
}

/** A device of the input that is no PCI function. */
export interface SkippedDevice {
  readonly kind: SkippedKind
  /** The words of the input, cut to a line. */
  readonly text: string
}

/** What a device is that is no PCI function. */
export type SkippedKind =
  /** A mediated device (mdev). */
  | 'mediated'
  /** A channel device of s390 (vfio-ccw). */
  | 'ccw'
  /** A crypto card of s390 (vfio-ap). */
  | 'ap'
  /** A device of the platform bus (vfio-platform). */
  | 'platform'
  /** Another device of the host: USB, SCSI and the like. */
  | 'other-host-device'

/** Words of an input that may give the VM a function, and cannot be followed to one. */
export interface NotFollowed {
  readonly cause: NotFollowedCause
  /** The words of the input, cut to a line. */
  readonly text: string
}

/** Why words of an input cannot be followed. */
export type NotFollowedCause =
  /** A function is given, and its address cannot be read. */
  | 'no-address'
  /** They stand in another file. */
  | 'other-file'
  /** A resource of KubeVirt that no `permittedHostDevices` at hand names. */
  | 'resource'
  /** A variable of a shell or the output of a command. */
  | 'variable'
  /** A resource mapping of Proxmox that was not found. */
  | 'mapping'
  /** Another object of Kubernetes or a profile of Incus, which was not given. */
  | 'other-object'
  /** No function of this host matches. */
  | 'no-match'
  /** A network or a pool, from which a function is chosen at the start. */
  | 'pool'
  /** A network of libvirt, whose definition was not found. */
  | 'network'
  /** They speak of a function, in an option that is not known here. */
  | 'unknown-option'
  /** The function is given in another way than through VFIO. */
  | 'not-vfio'

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
  const line = text.slice(0, 400).replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}

const PLACE = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])(?:\.([0-7]))?$/i

/** A vendor or device ID, with or without `0x`. */
export function parseId(written: string): number | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,4})$/i.exec(written)?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 16)
}

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
  const name = path.split('/').findLast((each) => each !== '')
  const place = name === undefined ? undefined : parsePlace(name)
  return place?.func === null ? undefined : place
}
