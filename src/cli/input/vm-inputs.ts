import type { PciAddress } from '../../host/pci-address.js'
import { readVmFacts } from '../../host/read/read-vm-facts.js'
import type { HostTree } from '../../host/tree/tree.js'
import {
  type Description,
  describedBy,
  type FormatOption,
  readTogether,
} from '../../preflight/inputs/formats.js'
import type { PreflightHost, VmRequest } from '../../preflight/question.js'
import type { InputFacts } from '../../preflight/report/preflight-report.js'
import type { RequestHost } from '../../preflight/requests/choice.js'
import { requestOfArguments, requestsOf } from '../../preflight/requests/vm-requests.js'
import { concernedBy } from '../../preflight/situation.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import { UsageError } from '../errors.js'
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
export async function readInputs(flags: InputFlags): Promise<readonly NamedInput[]> {
  const files = OPTIONS.flatMap((option) => (flags[option] ?? []).map((file) => ({ option, file })))
  if (files.filter(({ file }) => file === '-').length > 1) {
    throw new UsageError('Standard input can be read once only.', {
      hint: 'Put the other descriptions into files.',
    })
  }
  const read = files.map(async ({ option, file }) => {
    const where = file === '-' ? 'standard input' : file
    const text = readInputFile(file, 'description', where)
    return { file, ...(await parseDescription(option === 'vm' ? null : option, text, where)) }
  })
  return readTogether(await Promise.all(read))
}

/** What a text describes. `what` names the text in an error; throws a UsageError that says what is wrong with it. */
export async function parseDescription(
  option: FormatOption | null,
  text: string,
  what: string,
): Promise<Description> {
  const described = await describedBy(text, option)
  if (!('problem' in described)) return described
  const { words, problem, line, hint } = described
  const where = line === null ? what : `${what}, line ${line}`
  throw new UsageError(`Cannot read the ${words ?? 'description'} in ${where}: ${problem}.`, {
    path: what,
    hint,
  })
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
  host: RequestHost,
): VmsToCheck {
  const own = named.length === 0 ? [] : [requestOfArguments(named, managed)]
  const described = inputs.flatMap(({ file, format, vms }) =>
    vms.flatMap((input) =>
      requestsOf(input, host).map((request) => ({ file, format, request, skipped: input.skipped })),
    ),
  )
  return {
    vms: [...own, ...described.map(({ request }) => request)],
    inputs: [
      ...own.map(() => ({ file: null, format: null, skipped: [] })),
      ...described.map(({ file, format, skipped }) => ({ file, format, skipped })),
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
