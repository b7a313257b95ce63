import { preflightHost } from '../../../src/cli/input/vm-inputs.js'
import { isStated } from '../../../src/document/stated.js'
import type { PciAddress } from '../../../src/host/pci-address.js'
import { readHost } from '../../../src/host/read/read-host.js'
import type { HostTree } from '../../../src/host/tree/tree.js'
import type { VmFacts } from '../../../src/host/vm-facts.js'
import type { DeviceReport, InspectReport } from '../../../src/inspect/document.js'
import { inspectReport } from '../../../src/inspect/inspect-report.js'
import { pageDataText, readPageData } from '../../../src/page/page-data.js'
import { type PageModel, pageModel } from '../../../src/page/page-model.js'
import { KERNEL_POLICIES } from '../../../src/policy/find-policy.js'
import type { VmRequest } from '../../../src/preflight/question.js'
import { requestOfArguments } from '../../../src/preflight/requests/vm-requests.js'
import { type AnalysedHost, analyseHost } from '../../../src/vfio/analysed-host.js'

export const TOOL = { name: 'vfio-reset', version: '0.0.0' }

/** A host, and what `inspect` says of every function of it: the other answers are held against that. */
export interface Inspected {
  readonly host: AnalysedHost
  readonly facts: VmFacts
  readonly report: InspectReport
  /** Functions, without the bridges. */
  readonly devices: readonly DeviceReport[]
  /** The page of `report --html`, from nothing but the data that it carries. */
  readonly page: PageModel
}

export async function inspected(tree: HostTree): Promise<Inspected> {
  const raw = await readHost(tree, { wake: false, holders: true })
  const host = analyseHost(raw)
  const all = raw.functions.map(({ address }) => address)
  const { facts } = preflightHost(tree, host, [vmOf(all)])
  const report = inspectReport({
    host,
    targets: all,
    query: { policies: KERNEL_POLICIES, owning: new Set(), brief: false },
    tool: TOOL,
    names: new Map(),
  })
  return { host, facts, report, devices: report.devices.filter(isNormal), page: pageOf(host) }
}

function isNormal({ header }: DeviceReport): boolean {
  return !isStated(header) || header === 'normal'
}

function pageOf({ raw }: AnalysedHost): PageModel {
  const data = {
    raw,
    kernel: null,
    names: new Map(),
    tool: TOOL,
    title: '',
    redacted: false,
    policy: 'group-fds',
    asked: [],
  } as const
  return pageModel(readPageData(pageDataText(data)))
}

/** A VM that gets these functions and leaves binding them to who starts it. */
export function vmOf(addresses: readonly PciAddress[]): VmRequest {
  return requestOfArguments(addresses, 'managed')
}

/** What differs, in words; empty where all agree. */
export type Complaints = readonly string[]

/** One fact that two answers state. */
export function same(what: string, one: unknown, other: unknown): Complaints {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)]
  return a === b ? [] : [`${what}: ${a} and ${b}`]
}

/** Whether a VM start relies on the function's own reset; null: not known. */
export function reliedOn({ ownReset }: DeviceReport): boolean | null {
  if (!isStated(ownReset)) return null
  return ownReset !== null && !ownReset.weak
}
