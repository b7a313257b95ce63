/**
 * Numbers and layouts of `include/uapi/linux/vfio.h` and `iommufd.h`. Native endian: the buffers
 * never leave the machine. The lab compares every size and offset with a C program.
 */

const VFIO_BASE = 0x3b64

/** `_IO(';', 100 + n)` where "no direction" is 0: x86, arm, arm64, riscv, s390, loongarch. */
export const VFIO_GET_API_VERSION = VFIO_BASE
export const VFIO_CHECK_EXTENSION = VFIO_BASE + 1
export const VFIO_SET_IOMMU = VFIO_BASE + 2
export const VFIO_GROUP_GET_STATUS = VFIO_BASE + 3
export const VFIO_GROUP_SET_CONTAINER = VFIO_BASE + 4
export const VFIO_GROUP_GET_DEVICE_FD = VFIO_BASE + 6
export const VFIO_DEVICE_GET_INFO = VFIO_BASE + 7
export const VFIO_DEVICE_RESET = VFIO_BASE + 11
export const VFIO_DEVICE_GET_PCI_HOT_RESET_INFO = VFIO_BASE + 12
export const VFIO_DEVICE_PCI_HOT_RESET = VFIO_BASE + 13
export const VFIO_DEVICE_FEATURE = VFIO_BASE + 17
export const VFIO_DEVICE_BIND_IOMMUFD = VFIO_BASE + 18

/** Architectures that encode "no direction" as 1 << 29 add this to every number. */
export const NO_DIRECTION_OFFSET = 0x20000000

const SHIFTED_ARCHITECTURES: ReadonlySet<string> = new Set([
  'ppc',
  'ppc64',
  'mips',
  'mipsel',
  'mips64el',
  'sparc',
  'alpha',
])

/** The request number on an architecture, as `process.arch` names it. */
export function requestNumber(request: number, arch: string): number {
  return SHIFTED_ARCHITECTURES.has(arch) ? request + NO_DIRECTION_OFFSET : request
}

/** Arguments of VFIO_SET_IOMMU. */
export const VFIO_TYPE1V2_IOMMU = 3
export const VFIO_SPAPR_TCE_IOMMU = 2
export const VFIO_NOIOMMU_IOMMU = 8

/** The type that a container of real groups takes, on an architecture as `process.arch` names it. */
export function iommuTypeOf(arch: string): number {
  return arch === 'ppc64' ? VFIO_SPAPR_TCE_IOMMU : VFIO_TYPE1V2_IOMMU
}

export const VFIO_GROUP_FLAGS_VIABLE = 1

/** Flags of `struct vfio_pci_hot_reset_info` (6.6+). */
export const VFIO_PCI_HOT_RESET_FLAG_DEV_ID = 1
export const VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED = 2

/** `VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN`. */
const FEATURE_SET_VF_TOKEN = (1 << 17) | 0

/** `VFIO_DEVICE_BIND_FLAG_TOKEN` (6.17+). */
const BIND_FLAG_TOKEN = 1

/** Stands for the reset-group flag of the proposals: a bit that no kernel gave a meaning. */
const BIND_FLAG_CLAIM = 0x8000_0000

/** Sizes of `struct vfio_pci_hot_reset_info` without its array, and of one `struct vfio_pci_dependent_device` in it. */
export const HOT_RESET_INFO_HEADER = 12
export const HOT_RESET_INFO_ENTRY = 8
/** Size of `struct vfio_pci_hot_reset` without its array: argsz, flags, count. */
export const HOT_RESET_HEADER = 12
export const BIND_SIZE = 16
export const BIND_TOKEN_SIZE = 24

/** `struct vfio_group_status`: argsz, flags. */
export function encodeGroupStatus(): Uint8Array {
  return words([8, 0])
}

/** A pointer to one int, as VFIO_GROUP_SET_CONTAINER takes it. */
export function encodeFd(fd: number): Uint8Array {
  return words([fd])
}

/** A NUL-terminated device name for VFIO_GROUP_GET_DEVICE_FD; a VF token follows the name as `vf_token=`. */
export function encodeDeviceName(address: string, token: string | null): Uint8Array {
  const text = token === null ? address : `${address} vf_token=${token}`
  return new TextEncoder().encode(`${text}\0`)
}

/** `struct vfio_device_bind_iommufd`; 16 bytes are accepted by every release, 24 only where a token is given. */
export function encodeBind(
  iommufd: number,
  tokenPointer: bigint | null,
  { claim = false }: { readonly claim?: boolean } = {},
): Uint8Array {
  const flags = claim ? BIND_FLAG_CLAIM : 0
  if (tokenPointer === null) return words([BIND_SIZE, flags, iommufd, 0])
  const bytes = new Uint8Array(BIND_TOKEN_SIZE)
  bytes.set(words([BIND_TOKEN_SIZE, flags | BIND_FLAG_TOKEN, iommufd, 0]))
  new DataView(bytes.buffer).setBigUint64(16, tokenPointer, isLittleEndian())
  return bytes
}

/** `out_devid` after a BIND. */
export function decodeBoundId(bytes: Uint8Array): number {
  return word(bytes, 12)
}

/** All functions of a PCI domain: no answer has more entries. */
const MOST_ENTRIES = 65_536

/** A buffer for INFO whose `argsz` says `argsz`. It has room for all that the kernel can write, whatever is said. */
export function encodeHotResetInfo(argsz: number): Uint8Array {
  const most = HOT_RESET_INFO_HEADER + HOT_RESET_INFO_ENTRY * MOST_ENTRIES
  const bytes = new Uint8Array(Math.max(Math.min(argsz, most), HOT_RESET_INFO_HEADER))
  bytes.set(words([argsz]))
  return bytes
}

/**
 * One `struct vfio_pci_dependent_device`. `id`: group number, or devid where the DEV_ID flag is set (-1 not owned, 0
 * owned).
 */
export interface DependentDevice {
  readonly id: number
  readonly domain: number
  readonly bus: number
  readonly devfn: number
}

export interface HotResetInfo {
  readonly flags: number
  readonly count: number
  /** As many entries as the buffer holds. */
  readonly devices: readonly DependentDevice[]
}

export function decodeHotResetInfo(bytes: Uint8Array): HotResetInfo {
  const count = word(bytes, 8) >>> 0
  const room = Math.floor((bytes.length - HOT_RESET_INFO_HEADER) / HOT_RESET_INFO_ENTRY)
  const devices = Array.from({ length: Math.min(count, room) }, (_, index) =>
    decodeDependent(bytes, HOT_RESET_INFO_HEADER + index * HOT_RESET_INFO_ENTRY),
  )
  return { flags: word(bytes, 4) >>> 0, count, devices }
}

function decodeDependent(bytes: Uint8Array, offset: number): DependentDevice {
  const view = viewOf(bytes)
  return {
    id: word(bytes, offset),
    domain: view.getUint16(offset + 4, isLittleEndian()),
    bus: view.getUint8(offset + 6),
    devfn: view.getUint8(offset + 7),
  }
}

/**
 * What the header of HOT_RESET says; left out: what the array needs. It can lie, to put the kernel's checks to the
 * test.
 */
export interface HotResetHeader {
  readonly argsz?: number
  readonly flags?: number
  readonly count?: number
}

/** `struct vfio_pci_hot_reset` with its array. */
export function encodeHotReset(fds: readonly number[], header: HotResetHeader = {}): Uint8Array {
  const size = HOT_RESET_HEADER + 4 * fds.length
  return words([header.argsz ?? size, header.flags ?? 0, header.count ?? fds.length, ...fds])
}

/** Flags of `struct vfio_pci_hot_reset_info` by name, as the documents state them. */
export function hotResetFlagNames(flags: number): readonly ('dev-id' | 'dev-id-owned')[] {
  return [
    ...((flags & VFIO_PCI_HOT_RESET_FLAG_DEV_ID) !== 0 ? (['dev-id'] as const) : []),
    ...((flags & VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED) !== 0 ? (['dev-id-owned'] as const) : []),
  ]
}

/** `struct vfio_device_feature` that sets a PF's VF token. */
export function encodeVfToken(token: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + token.length)
  bytes.set(words([bytes.length, FEATURE_SET_VF_TOKEN]))
  bytes.set(token, 8)
  return bytes
}

/** The sixteen bytes of a UUID in text form; undefined when it is none. */
export function parseUuid(text: string): Uint8Array | undefined {
  const digits = text.replaceAll('-', '')
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined
  return Uint8Array.from({ length: 16 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  )
}

function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer)
}

function word(bytes: Uint8Array, offset: number): number {
  return viewOf(bytes).getInt32(offset, isLittleEndian())
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
}
