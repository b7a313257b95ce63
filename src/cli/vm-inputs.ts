import { formatPciAddress, numbersOf, type PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import { readVmFacts } from '../host/read/read-vm-facts.js'
import type { HostTree } from '../host/tree/tree.js'
import { parseCloudHypervisor } from '../preflight/inputs/cloud-hypervisor.js'
import { parseLibvirtDomain } from '../preflight/inputs/libvirt-domain.js'
import { parseProxmoxConfig } from '../preflight/inputs/proxmox-config.js'
import { parseQemuCommandLine } from '../preflight/inputs/qemu-command-line.js'
import {
  type InputDevice,
  type InputPlace,
  type InputProblem,
  isInputProblem,
  MOST_DEVICES,
  type VmInput,
} from '../preflight/inputs/vm-input.js'
import type { PreflightHost, VmRequest, WantedFunction } from '../preflight/question.js'
import type { InputFacts } from '../preflight/report/document.js'
import { concernedBy } from '../preflight/situation.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { UsageError } from './errors.js'
import { readInputFile } from './input-file.js'

interface InputFormat {
  readonly parse: (text: string) => VmInput | InputProblem
  readonly words: string
  readonly hint: string
}

/** Descriptions of VMs that can be read, by the flag that names them. */
const FORMATS = {
  libvirt: {
    parse: parseLibvirtDomain,
    words: 'libvirt domain',
    hint: '`virsh dumpxml NAME` prints what is expected.',
  },
  qemu: {
    parse: parseQemuCommandLine,
    words: 'QEMU command line',
    hint: 'A command line as `ps`, /proc/PID/cmdline or the log in /var/log/libvirt/qemu has it is expected.',
  },
  proxmox: {
    parse: parseProxmoxConfig,
    words: 'Proxmox configuration',
    hint: 'A file such as /etc/pve/qemu-server/100.conf is expected.',
  },
  'cloud-hypervisor': {
    parse: parseCloudHypervisor,
    words: 'Cloud Hypervisor command line',
    hint: 'A command line with --device path=/sys/bus/pci/devices/… is expected.',
  },
} as const satisfies Record<string, InputFormat>

type InputKind = keyof typeof FORMATS

const KINDS: readonly InputKind[] = ['libvirt', 'qemu', 'proxmox', 'cloud-hypervisor']

/** The VM that a file describes; `-` is standard input. Throws a UsageError that says what is wrong with it. */
function readVmInput(kind: InputKind, file: string): VmInput {
  const where = file === '-' ? 'standard input' : file
  return parseVmInput(kind, readInputFile(file, FORMATS[kind].words, where), where)
}

/** The VM that a text describes. `what` names the text in an error. */
export function parseVmInput(kind: InputKind, text: string, what: string): VmInput {
  const input = FORMATS[kind].parse(text)
  if (isInputProblem(input)) throw inputError(kind, what, input)
  if (input.devices.length > MOST_DEVICES) {
    const problem = `it gives ${input.devices.length} functions to one VM, and ${MOST_DEVICES} is the most`
    throw inputError(kind, what, { problem, line: null })
  }
  return input
}

/** The same on a host: a missing function number means all that the host has. */
export function vmRequestOf(input: VmInput, raw: RawHost): VmRequest {
  const wanted = new Map<PciAddress, WantedFunction>()
  for (const device of input.devices) {
    for (const address of addressesOf(device.place, raw)) {
      const earlier = wanted.get(address)
      wanted.set(address, {
        address,
        managed: device.managed,
        token: device.token,
        times: earlier === undefined ? 1 : earlier.times + 1,
      })
    }
  }
  return { name: input.name, functions: [...wanted.values()], way: wayOf(input.devices) }
}

/** The functions named on the command line, as one VM. */
export function requestOfArguments(
  addresses: readonly PciAddress[],
  managed: 'managed' | 'unmanaged',
): VmRequest {
  const isManaged = managed === 'managed'
  return {
    name: null,
    functions: addresses.map((address) => ({
      address,
      managed: isManaged,
      token: null,
      times: 1,
    })),
    way: null,
  }
}

/** A function that is not there is named all the same: that it is missing is the answer. */
function addressesOf({ func, ...place }: InputPlace, raw: RawHost): readonly PciAddress[] {
  if (func !== null) return [formatPciAddress({ ...place, func })]
  const found = raw.functions.filter(({ address }) => {
    const { domain, bus, device } = numbersOf(address)
    return domain === place.domain && bus === place.bus && device === place.device
  })
  if (found.length > 0) return found.map(({ address }) => address)
  return [formatPciAddress({ ...place, func: 0 })]
}

/** One iommufd serves all that use it; a VM that has one is judged by it. */
function wayOf(devices: readonly InputDevice[]): VmRequest['way'] {
  if (devices.some(({ way }) => way === 'iommufd')) return 'iommufd'
  return devices.some(({ way }) => way === 'group') ? 'group' : null
}

function inputError(kind: InputKind, what: string, { problem, line }: InputProblem): UsageError {
  const where = line === null ? what : `${what}, line ${line}`
  return new UsageError(`Cannot read the ${FORMATS[kind].words} in ${where}: ${problem}.`, {
    path: what,
    hint: FORMATS[kind].hint,
  })
}

/** Files that describe VMs, by the flag that names them. */
export type InputFlags = { readonly [K in InputKind]?: readonly string[] | undefined }

/** What a command line asks to be checked, before the host is read. */
export interface NamedInput {
  readonly file: string
  readonly input: VmInput
}

/** Reads every description that the flags name; standard input can be one of them. */
export function readInputs(flags: InputFlags): readonly NamedInput[] {
  const files = KINDS.flatMap((kind) => (flags[kind] ?? []).map((file) => ({ kind, file })))
  if (files.filter(({ file }) => file === '-').length > 1) {
    throw new UsageError('Standard input can be read once only.', {
      hint: 'Put the other descriptions into files.',
    })
  }
  return files.map(({ kind, file }) => ({ file, input: readVmInput(kind, file) }))
}

export interface VmsToCheck {
  readonly vms: readonly VmRequest[]
  readonly inputs: readonly InputFacts[]
}

/** The VMs of the descriptions, and one of the functions named as arguments. */
export function vmsToCheck(
  inputs: readonly NamedInput[],
  named: readonly PciAddress[],
  managed: 'managed' | 'unmanaged',
  raw: RawHost,
): VmsToCheck {
  const own = named.length === 0 ? [] : [requestOfArguments(named, managed)]
  return {
    vms: [...own, ...inputs.map(({ input }) => vmRequestOf(input, raw))],
    inputs: [
      ...own.map(() => ({ file: null, skipped: [] })),
      ...inputs.map(({ file, input }) => ({ file, skipped: input.skipped })),
    ],
  }
}

/** Reads what only a start of these VMs asks about. */
export function preflightHost(
  tree: HostTree,
  host: AnalysedHost,
  vms: readonly VmRequest[],
): PreflightHost {
  const functions = vms.flatMap((vm) => vm.functions.map(({ address }) => address))
  return { host, facts: readVmFacts(tree, concernedBy(host, functions)) }
}
