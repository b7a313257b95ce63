import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../inspect/document.js'

/** What a bug report states beyond the document of `inspect`. */
export interface BugContext {
  readonly report: InspectReport
  /** Functions named on the command line; empty: it is about the whole host. */
  readonly asked: readonly PciAddress[]
  /** `reset_method` of every function, as the host has it. */
  readonly resetMethods: ReadonlyMap<PciAddress, DeviceReport['resetMethods']>
  /** `/proc/cmdline`; null: not read. */
  readonly commandLine: string | null
  /** Name of the capture that goes with the report; null: none was read, so one is to be made. */
  readonly capture: string | null
  /** Whether what could identify a machine or a person was taken out. */
  readonly redacted: boolean
}
