import * as abi from '../../src/uapi/abi.js'
import type { CallResult, Ioctl, KernelCalls } from '../../src/uapi/kernel-calls.js'

/** One ioctl as a test sees it. */
export interface FakeCall {
  readonly name: string
  readonly fd: number
  /** What the file is: the path it was opened by, or the function that GET_DEVICE_FD named. */
  readonly file: string
  readonly argument: Uint8Array | number
}

/** Answers an ioctl; undefined: with 0. The buffer may be written, as the kernel would. */
export type Script = (call: FakeCall) => CallResult | Promise<CallResult> | undefined

export interface FakeKernel {
  readonly calls: KernelCalls
  /** What happened, in order: `open /dev/vfio/10`, `HOT_RESET 0000:01:00.0`, `close 0000:01:00.0`. */
  readonly log: readonly string[]
  /** Files that are open now. */
  readonly open: () => readonly string[]
}

export interface FakeKernelOptions {
  /** Nodes that do not open, with the errno. */
  readonly refused?: Readonly<Record<string, string>>
  readonly script?: Script
  readonly arch?: string
  /** Which device a node is; left out: the host does not tell. */
  readonly deviceOf?: (file: string) => string
  /** Called before a file is closed. */
  readonly onClose?: (file: string) => Promise<void>
}

/** A kernel that opens everything and does what it is told. A file closed twice, or used when closed, fails the test. */
export function fakeKernel(options: FakeKernelOptions = {}): FakeKernel {
  const { refused = {}, script = () => undefined, arch = 'x64' } = options
  const files = new Map<number, string>()
  const log: string[] = []
  let next = 20

  const newFile = (file: string): CallResult => {
    files.set(next, file)
    next += 1
    return { ok: true, value: next - 1 }
  }

  const ioctl = async ({ fd, request, argument }: Ioctl): Promise<CallResult> => {
    const file = files.get(fd)
    if (file === undefined) throw new Error(`ioctl on the closed file ${fd}`)
    const name = nameOf(request, arch)
    log.push(`${name} ${file}`)
    const answer = await script({ name, fd, file, argument })
    if (answer !== undefined) return answer
    if (name !== 'GET_DEVICE_FD' || typeof argument === 'number') return { ok: true, value: 0 }
    return newFile(textOf(argument))
  }

  return {
    log,
    open: () => [...files.values()],
    calls: {
      deviceOf: (fd) => options.deviceOf?.(files.get(fd) ?? '') ?? null,
      arch,
      ioctl,
      open: (path) => {
        const errno = refused[path]
        log.push(errno === undefined ? `open ${path}` : `open ${path} ${errno}`)
        return errno === undefined ? newFile(path) : { ok: false, errno }
      },
      close: async (fd) => {
        const file = files.get(fd)
        if (file === undefined) throw new Error(`${fd} was closed twice`)
        log.push(`close ${file}`)
        await options.onClose?.(file)
        files.delete(fd)
        return { ok: true, value: 0 }
      },
      pointerTo: () => 0x1000n,
    },
  }
}

export function refusal(errno: string): CallResult {
  return { ok: false, errno }
}

/** Functions as INFO lists them, with their group or id. */
export type FakeInfo = readonly (readonly [address: string, id: number])[]

/** Answers INFO with a list, or with ENOSPC and the count where the buffer is too small. */
export function writeInfo({ argument }: FakeCall, flags: number, info: FakeInfo): CallResult {
  if (typeof argument === 'number') return refusal('EFAULT')
  const view = new DataView(argument.buffer, argument.byteOffset, argument.byteLength)
  view.setUint32(8, info.length, true)
  if (view.getUint32(0, true) < 12 + 8 * info.length) return refusal('ENOSPC')
  view.setUint32(4, flags, true)
  for (const [index, [address, id]] of info.entries()) {
    const [domain = '', bus = '', rest = ''] = address.split(':')
    const [device = '', func = ''] = rest.split('.')
    const at = 12 + 8 * index
    view.setInt32(at, id, true)
    view.setUint16(at + 4, Number.parseInt(domain, 16), true)
    view.setUint8(at + 6, Number.parseInt(bus, 16))
    view.setUint8(at + 7, (Number.parseInt(device, 16) << 3) | Number(func))
  }
  return { ok: true, value: 0 }
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [abi.VFIO_SET_IOMMU, 'SET_IOMMU'],
  [abi.VFIO_GROUP_SET_CONTAINER, 'SET_CONTAINER'],
  [abi.VFIO_GROUP_GET_DEVICE_FD, 'GET_DEVICE_FD'],
  [abi.VFIO_DEVICE_RESET, 'DEVICE_RESET'],
  [abi.VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, 'INFO'],
  [abi.VFIO_DEVICE_PCI_HOT_RESET, 'HOT_RESET'],
  [abi.VFIO_DEVICE_FEATURE, 'FEATURE'],
  [abi.VFIO_DEVICE_BIND_IOMMUFD, 'BIND'],
])

function nameOf(request: number, arch: string): string {
  for (const [number, name] of NAMES) if (abi.requestNumber(number, arch) === request) return name
  throw new Error(`unexpected request ${request}`)
}

/** Address of a function out of a NUL-terminated name with options. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).split('\0').join('').split(' ')[0] ?? ''
}
