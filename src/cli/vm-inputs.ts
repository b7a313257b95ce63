import { formatPciAddress, numbersOf, type PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import { readVmFacts } from '../host/read/read-vm-facts.js'
import type { HostTree } from '../host/tree/tree.js'
import { type Description, describedBy, type FormatOption } from '../preflight/inputs/formats.js'
import type { InputPlace, VmInput } from '../preflight/inputs/vm-input.js'
import type { PreflightHost, VmRequest, WantedFunction } from '../preflight/question.js'
import type { InputFacts } from '../preflight/report/document.js'
import { concernedBy } from '../preflight/situation.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { UsageError } from './errors.js'
import { readInputFile } from './input-file.js'

/** Files that describe VMs, by the flag that names them. */
export type InputFlags = { readonly [K in FormatOption | 'vm']?: readonly string[] | undefined }

const OPTIONS: readonly (FormatOption | 'vm')[] = [
  'libvirt',
  'qemu',
  'proxmox',
  'cloud-hypervisor',
  'vm',
]

/** What a command line asks to be checked, before the host is read. */
export interface NamedInput extends Description {
  readonly file: string
}

/** Reads every description that the flags name; standard input can be one of them. */
export function readInputs(flags: InputFlags): readonly NamedInput[] {
  const files = OPTIONS.flatMap((option) => (flags[option] ?? []).map((file) => ({ option, file })))
  if (files.filter(({ file }) => file === '-').length > 1) {
    throw new UsageError('Standard input can be read once only.', {
      hint: 'Put the other descriptions into files.',
    })
  }
  return files.map(({ option, file }) => {
    const where = file === '-' ? 'standard input' : file
    const text = readInputFile(file, 'description', where)
    return { file, ...parseDescription(option === 'vm' ? null : option, text, where) }
  })
}

/** What a text describes. `what` names the text in an error; throws a UsageError that says what is wrong with it. */
export function parseDescription(
  option: FormatOption | null,
  text: string,
  what: string,
): Description {
  const described = describedBy(text, option)
  if (!('problem' in described)) return described
  const { words, problem, line, hint } = described
  const where = line === null ? what : `${what}, line ${line}`
  throw new UsageError(`Cannot read the ${words ?? 'description'} in ${where}: ${problem}.`, {
    path: what,
    hint,
  })
}

/** The same on a host: a missing function number means all that the host has. */
export function vmRequestOf(input: VmInput, raw: RawHost): VmRequest {
  const wanted = new Map<PciAddress, WantedFunction>()
  for (const device of input.devices) {
    for (const address of addressesOf(device.which.place, raw)) {
      const earlier = wanted.get(address)
      wanted.set(address, {
        address,
        managed: device.managed,
        way: device.way,
        token: device.token,
        times: earlier === undefined ? 1 : earlier.times + 1,
      })
    }
  }
  const { name, notFollowed } = input
  return { name, functions: [...wanted.values()], notFollowed }
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
      way: null,
      token: null,
      times: 1,
    })),
    notFollowed: [],
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
  const described = inputs.flatMap(({ file, format, vms }) =>
    vms.map((input) => ({ file, format, input })),
  )
  return {
    vms: [...own, ...described.map(({ input }) => vmRequestOf(input, raw))],
    inputs: [
      ...own.map(() => ({ file: null, format: null, skipped: [] })),
      ...described.map(({ file, format, input: { skipped } }) => ({ file, format, skipped })),
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
