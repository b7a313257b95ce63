import type { PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import type { VmInput } from '../preflight/inputs/vm-input.js'
import type { VmRequest } from '../preflight/model.js'
import type { InputFacts } from '../preflight/report/document.js'
import { UsageError } from './errors.js'
import { type InputKind, readVmInput, requestOfArguments, vmRequestOf } from './preflight-inputs.js'

/** Files that describe VMs, by the flag that names them. */
export type InputFlags = { readonly [K in InputKind]?: readonly string[] | undefined }

/** What a command line asks to be checked, before the host is read. */
export interface NamedInput {
  readonly file: string
  readonly input: VmInput
}

const KINDS: readonly InputKind[] = ['libvirt', 'qemu', 'proxmox', 'cloud-hypervisor']

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
