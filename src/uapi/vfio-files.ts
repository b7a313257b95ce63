import * as abi from './abi.js'
import type { CallResult, KernelCalls } from './kernel-calls.js'

export const CONTAINER_NODE = '/dev/vfio/vfio'
export const IOMMUFD_NODE = '/dev/iommu'

export type InfoResult =
  | { readonly ok: true; readonly info: abi.HotResetInfo }
  /** `info`: what was written back all the same, with ENOSPC; null: nothing. */
  | { readonly ok: false; readonly errno: string; readonly info: abi.HotResetInfo | null }

/** What BIND gets beside the device. */
export interface BindRequest {
  /** -1 stands for no context. */
  readonly iommufd: number
  /** The sixteen bytes of a VF token; null: none, in the form that every release accepts. */
  readonly token: Uint8Array | null
  /** The reset-group flag that no kernel has. */
  readonly claim: boolean
}

/**
 * The calls of VFIO's uapi on open files, one function each (`include/uapi/linux/vfio.h`). Results are answers, never
 * exceptions.
 */
export interface VfioFiles {
  readonly setContainer: (group: number, container: number) => Promise<CallResult>
  readonly setIommu: (container: number, type: number) => Promise<CallResult>
  readonly getDevice: (group: number, address: string, token: string | null) => Promise<CallResult>
  /** VFIO_DEVICE_BIND_IOMMUFD; the value is the devid. */
  readonly bind: (device: number, request: BindRequest) => Promise<CallResult>
  /**
   * INFO with a buffer of `argsz` bytes; null: as many as the kernel asks for, retried when functions appear meanwhile.
   */
  readonly info: (device: number, argsz: number | null) => Promise<InfoResult>
  readonly hotReset: (
    device: number,
    fds: readonly number[],
    header?: abi.HotResetHeader,
  ) => Promise<CallResult>
  readonly deviceReset: (device: number) => Promise<CallResult>
  readonly setVfToken: (device: number, token: Uint8Array) => Promise<CallResult>
}

/** How often functions may come and go under an INFO call before its errno is taken for the answer. */
const INFO_TRIES = 4

export function vfioFiles(kernel: KernelCalls): VfioFiles {
  const call = (fd: number, request: number, argument: Uint8Array | number): Promise<CallResult> =>
    kernel.ioctl({ fd, request: abi.requestNumber(request, kernel.arch), argument })

  const askInfo = async (device: number, argsz: number): Promise<InfoResult> => {
    const buffer = abi.encodeHotResetInfo(argsz)
    const result = await call(device, abi.VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, buffer)
    if (result.ok) return { ok: true, info: abi.decodeHotResetInfo(buffer) }
    const { errno } = result
    return { ok: false, errno, info: errno === 'ENOSPC' ? abi.decodeHotResetInfo(buffer) : null }
  }

  /**
   * Of what comes with ENOSPC only the count can be trusted: flags and entries mean nothing there
   * (`docs/reference/hot-reset.md#info`).
   */
  const askWholeInfo = async (device: number): Promise<InfoResult> => {
    let argsz = abi.HOT_RESET_INFO_HEADER
    for (let tries = 1; ; tries++) {
      const result = await askInfo(device, argsz)
      if (result.ok || tries > INFO_TRIES) return result
      if (result.info !== null) {
        argsz = abi.HOT_RESET_INFO_HEADER + abi.HOT_RESET_INFO_ENTRY * result.info.count
      } else if (result.errno !== 'EAGAIN') {
        return result
      }
    }
  }

  return {
    info: (device, argsz) => (argsz === null ? askWholeInfo(device) : askInfo(device, argsz)),
    setContainer: (group, container) =>
      call(group, abi.VFIO_GROUP_SET_CONTAINER, abi.encodeFd(container)),
    setIommu: (container, type) => call(container, abi.VFIO_SET_IOMMU, type),
    getDevice: (group, address, token) =>
      call(group, abi.VFIO_GROUP_GET_DEVICE_FD, abi.encodeDeviceName(address, token)),
    bind: async (device, request) => {
      const buffer = bindBuffer(kernel, request)
      const result = await call(device, abi.VFIO_DEVICE_BIND_IOMMUFD, buffer)
      return result.ok ? { ok: true, value: abi.decodeBoundId(buffer) } : result
    },
    hotReset: (device, fds, header) =>
      call(device, abi.VFIO_DEVICE_PCI_HOT_RESET, abi.encodeHotReset(fds, header)),
    deviceReset: (device) => call(device, abi.VFIO_DEVICE_RESET, 0),
    setVfToken: (device, token) => call(device, abi.VFIO_DEVICE_FEATURE, abi.encodeVfToken(token)),
  }
}

/** The structure, with the token behind it: what it points to then lives as long as the call. */
function bindBuffer(kernel: KernelCalls, { iommufd, token, claim }: BindRequest): Uint8Array {
  if (token === null) return abi.encodeBind(iommufd, null, { claim })
  const buffer = new Uint8Array(abi.BIND_TOKEN_SIZE + token.length)
  const pointer = kernel.pointerTo(buffer) + BigInt(abi.BIND_TOKEN_SIZE)
  buffer.set(abi.encodeBind(iommufd, pointer, { claim }))
  buffer.set(token, abi.BIND_TOKEN_SIZE)
  return buffer
}
