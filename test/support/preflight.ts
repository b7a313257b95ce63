import { preflightHost as readPreflightHost } from '../../src/cli/input/vm-inputs.js'
import { readHost } from '../../src/host/read/read-host.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import type { TreeOrigin } from '../../src/host/tree/tree.js'
import type { PolicyId } from '../../src/policy/policies/index.js'
import type { PlannedResult, Preflight } from '../../src/preflight/answer.js'
import type { CheckId } from '../../src/preflight/checks/index.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import type {
  PreflightHost,
  PreflightQuestion,
  VmRequest,
  WantedFunction,
} from '../../src/preflight/question.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { fullAddress } from './ask.js'
import { buildHost } from './host-builder.js'
import type { HostFiles } from './host-files.js'
import type { HostSpec } from './host-spec.js'

const LIVE: TreeOrigin = { kind: 'live', path: null }

/** What a host has on which everything is in order: nothing a preflight asks for is missing. */
const IN_ORDER: HostFiles = {
  'proc/interrupts': '  24:  1  IR-PCI-MSI-0000:00:01.0  0-edge\n',
  'proc/bus/input/devices': '',
  'proc/self/mountinfo': '',
  'proc/swaps': 'Filename Type Size Used Priority\n',
  'proc/net/route': 'Iface Destination\n',
  'proc/net/ipv6_route': '',
  'proc/1/comm': 'systemd\n',
  'proc/1/fd': null,
  'sys/class/tty/console/active': 'tty0\n',
  'sys/module/vfio/parameters/enable_unsafe_noiommu_mode': 'N\n',
  'sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts': 'N\n',
  'sys/module/iommufd/parameters/allow_unsafe_interrupts': 'N\n',
  'dev/vfio/vfio': '',
  'dev/iommu': '',
}

/** Region that every group of x86 has. */
const MSI_REGION = '0x00000000fee00000 0x00000000feefffff msi\n'

export interface PreflightAsk {
  /** Functions of the VM, or of each VM by its name. */
  readonly functions: readonly string[] | Readonly<Record<string, readonly string[]>>
  readonly wanted?: Partial<WantedFunction>
  readonly way?: WantedFunction['via']
  readonly via?: PreflightQuestion['via']
  readonly policy?: PolicyId
  readonly withinGroup?: boolean
  readonly plans?: boolean
  /** Files over those of a host on which everything is in order; null leaves one out. */
  readonly files?: Readonly<Record<string, string | null>>
  readonly wake?: boolean
}

/** A host from literals, with what only a preflight reads. */
export async function preflightHost(spec: HostSpec, ask: PreflightAsk): Promise<PreflightHost> {
  const groups = new Set(
    spec.functions.flatMap(({ group }) => (group === undefined ? [] : [group])),
  )
  const regions = [...groups].map((group): [string, string] => [
    `sys/kernel/iommu_groups/${group}/reserved_regions`,
    MSI_REGION,
  ])
  const built: HostFiles = { ...IN_ORDER, ...Object.fromEntries(regions), ...buildHost(spec) }
  const files = new Map(Object.entries(built))
  for (const [path, text] of Object.entries(ask.files ?? {})) {
    if (text === null) files.delete(path)
    else files.set(path, text)
  }
  const tree = createMemoryTree([...files], LIVE)
  const raw = readHost(tree, { wake: ask.wake === true, holders: true })
  return readPreflightHost(tree, analyseHost(raw), requestsOf(ask))
}

export function questionOf(ask: PreflightAsk): PreflightQuestion {
  return {
    vms: requestsOf(ask),
    via: ask.via ?? 'auto',
    policy: ask.policy ?? null,
    withinGroup: ask.withinGroup === true,
    plans: ask.plans !== false,
  }
}

/** The whole answer. */
export async function preflight(spec: HostSpec, ask: PreflightAsk): Promise<Preflight> {
  return runPreflight(await preflightHost(spec, ask), questionOf(ask))
}

/** One check of the first VM that gets the function; throws where it was not made. */
export function checkOf(answer: Preflight, id: CheckId, device: string): PlannedResult {
  const address = fullAddress(device)
  const all = answer.vms.flatMap(({ checks }) => checks)
  const found = all.find((each) => each.id === id && each.device === address)
  if (found === undefined) throw new Error(`no check ${id} of ${device}`)
  return found
}

/** Outcome and kinds of reasons in one line: `fail not-on-vfio`. */
export function told(answer: Preflight, id: CheckId, device: string): string {
  const { outcome, reasons, harmless } = checkOf(answer, id, device)
  const harm = harmless === null ? [] : [harmless ? 'harmless' : 'harmful']
  return [outcome, ...harm, ...new Set(reasons.map(({ kind }) => kind))].join(' ')
}

/** The steps of a check's plan in short: `bind 0000:01:00.1`; or why there is none: `none: dead`. */
export function planOf({ plan }: Pick<PlannedResult, 'plan'>): string {
  if (plan === null) return 'not asked'
  if (!plan.found) return `none: ${plan.why}`
  return plan.steps.map(({ step }) => `${step.do} ${step.device ?? ''}`.trim()).join(', ')
}

/** Checks that are no plain pass, as `id outcome`. */
export function notPassing(answer: Preflight): readonly string[] {
  return answer.vms.flatMap(({ checks }) =>
    checks.flatMap(({ id, device, outcome }) =>
      outcome === 'pass' ? [] : [`${device.slice(5)} ${id} ${outcome}`],
    ),
  )
}

function requestsOf({ functions, wanted, way }: PreflightAsk): readonly VmRequest[] {
  const vm = (name: string | null, addresses: readonly string[]): VmRequest => ({
    name,
    vmm: 'qemu',
    functions: addresses.map((address) => ({
      address: fullAddress(address),
      managed: false,
      mapped: null,
      via: way ?? null,
      token: null,
      times: 1,
      ...wanted,
    })),
    notFollowed: [],
    oneOf: null,
  })
  if (isList(functions)) return [vm(null, functions)]
  return Object.entries(functions).map(([name, addresses]) => vm(name, addresses))
}

function isList(functions: PreflightAsk['functions']): functions is readonly string[] {
  return Array.isArray(functions)
}
