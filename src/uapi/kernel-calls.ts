/** What a system call answered: its result, or the errno by name. */
export type CallResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly errno: string }

/** One ioctl. A buffer is passed by pointer and may be written by the kernel; a number is passed by value. */
export interface Ioctl {
  readonly fd: number
  /** As it is numbered on this architecture (`requestNumber`). */
  readonly request: number
  readonly argument: Uint8Array | number
}

/**
 * The system calls that VFIO needs, and no others. The only way to real hardware: tests put a fake in its place. What can
 * reset a function is asynchronous, because it can block for a minute; nothing cuts a blocked call short.
 */
export interface KernelCalls {
  /** Opens for reading and writing, close-on-exec. */
  readonly open: (path: string) => CallResult
  /** Name of the device behind an open character device, as sysfs has it; null: the host does not tell. */
  readonly deviceOf: (fd: number) => string | null
  /** The last close of a device resets it, and perhaps its whole set (`vfio_pci_core_disable`). */
  readonly close: (fd: number) => Promise<CallResult>
  readonly ioctl: (call: Ioctl) => Promise<CallResult>
  /** Address of a buffer for structures that hold pointers. The buffer must outlive the call. */
  readonly pointerTo: (bytes: Uint8Array) => bigint
  /** Architecture as `process.arch` names it: request numbers differ. */
  readonly arch: string
}
