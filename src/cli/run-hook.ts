import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { readHost } from '../host/read/read-host.js'
import type { Preflight } from '../preflight/answer.js'
import type { VmInput } from '../preflight/inputs/vm-input.js'
import { runPreflight } from '../preflight/preflight.js'
import type { VmRequest, Way } from '../preflight/question.js'
import { analyseHost } from '../vfio/analysed-host.js'
import type { KernelRelease } from '../vfio/kernel-release.js'
import { HostError, UsageError } from './errors.js'
import { findDevices } from './find-devices.js'
import type { HookCall } from './hook-call.js'
import { readText } from './input-file.js'
import { type HostChoice, openHost } from './open-host.js'
import {
  type InputKind,
  parseVmInput,
  preflightHost,
  readVmInput,
  requestOfArguments,
  vmRequestOf,
} from './vm-inputs.js'

/** A file that describes a VM, as a flag names it. */
export interface NamedInput {
  readonly kind: InputKind
  readonly file: string
}

export interface HookQuestion {
  readonly call: Exclude<HookCall, { do: 'nothing' }>
  readonly host: HostChoice
  readonly kernelOption: KernelRelease | undefined
  readonly packageRoot: string
  readonly via: Way | 'auto'
  /** Proxmox: another file than that of the guest. */
  readonly config: string | undefined
  /** systemd: what the flags name. */
  readonly inputs: readonly NamedInput[]
  readonly stdin: Readable
}

export interface HookFinding {
  /** null: the VM gets no function of the host, so nothing was asked. */
  readonly preflight: Preflight | null
  /** What the VM is to get and could not be checked, in the words of the input. */
  readonly skipped: readonly string[]
  /** A read hangs in the kernel. */
  readonly stuck: boolean
}

/** Asks `preflight` about the VM that is about to start. Nothing is opened, called or changed. */
export async function runHook(question: HookQuestion): Promise<HookFinding> {
  const inputs = await inputsOf(question)
  const words = question.call.do === 'systemd' ? question.call.devices : []
  const skipped = inputs.flatMap((input) => input.skipped.map(({ text }) => text))
  if (words.length === 0 && inputs.every(({ devices }) => devices.length === 0)) {
    return { preflight: null, skipped, stuck: false }
  }
  return { ...(await ask(question, inputs, words)), skipped }
}

async function inputsOf({
  call,
  config,
  inputs,
  stdin,
}: HookQuestion): Promise<readonly VmInput[]> {
  switch (call.do) {
    case 'libvirt': {
      const xml = await readText(stdin, 'The domain on standard input')
      return [named(parseVmInput('libvirt', xml, 'standard input'), call.name)]
    }
    case 'proxmox': {
      const file = config ?? `/etc/pve/qemu-server/${call.vmid}.conf`
      return [named(parseVmInput('proxmox', await readConfig(file), file), call.vmid)]
    }
    case 'systemd':
      if (call.devices.length === 0 && inputs.length === 0) {
        throw new UsageError('The hook names neither a function nor a description of a VM.', {
          hint: 'Such as: vfio-reset hook systemd 65:00.0, or --qemu FILE.',
        })
      }
      return inputs.map(({ kind, file }) => readVmInput(kind, file))
  }
}

function named(input: VmInput, name: string): VmInput {
  return { ...input, name: input.name ?? name }
}

/** `/etc/pve` is a file system in user space and can hang: so not synchronously. */
async function readConfig(file: string): Promise<string> {
  try {
    return await readText(createReadStream(file), file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined
    const why = errno === 'ENOENT' ? 'it does not exist' : (errno ?? 'unknown error')
    throw new HostError(`Cannot read the configuration ${file}: ${why}.`, {
      path: file,
      errno,
      cause: error,
    })
  }
}

async function ask(
  { host, kernelOption, packageRoot, via }: HookQuestion,
  inputs: readonly VmInput[],
  words: readonly string[],
) {
  const tree = await openHost(host, packageRoot)
  try {
    const raw = await readHost(tree, { wake: false, holders: true })
    const vms: readonly VmRequest[] = [
      ...inputs.map((input) => vmRequestOf(input, raw)),
      ...(words.length === 0
        ? []
        : [requestOfArguments(findDevices(words, raw, tree), 'unmanaged')]),
    ]
    const functions = vms.flatMap((vm) => vm.functions.map(({ address }) => address))
    const preflight = runPreflight(preflightHost(tree, analyseHost(raw, kernelOption), functions), {
      vms,
      via,
      policy: null,
      withinGroup: false,
      plans: false,
    })
    return { preflight, stuck: tree.stuck }
  } finally {
    tree.close()
  }
}
