import type { Readable } from 'node:stream'
import type { VmInterface } from '../../host/vm-facts.js'
import type { KernelRelease } from '../../kernel/kernel-release.js'
import type { Preflight } from '../../preflight/answer.js'
import type { Description } from '../../preflight/inputs/formats.js'
import { INPUT_LIMIT, type VmInput } from '../../preflight/inputs/vm-input.js'
import { runPreflight } from '../../preflight/preflight.js'
import { tellSkipped } from '../../preflight/report/input-words.js'
import { requestOfArguments, requestsOf } from '../../preflight/requests/vm-requests.js'
import { errnoOf, HostError, UsageError } from '../errors.js'
import { findDevices } from '../input/find-devices.js'
import type { HookCall } from '../input/hook-call.js'
import { fileFailure, readBounded, readText } from '../input/input-file.js'
import type { NamesOf } from '../input/named-functions.js'
import type { HostChoice } from '../input/open-host.js'
import { type InputFlags, parseDescription, preflightHost, readInputs } from '../input/vm-inputs.js'
import { type Framed, withHost } from '../with-host.js'
import { readSurroundings } from './vm-surroundings.js'

export interface HookQuestion {
  readonly call: Exclude<HookCall, { do: 'nothing' }>
  readonly flags: HostChoice &
    InputFlags & {
      readonly via: VmInterface | 'auto'
      /** Proxmox: another file than that of the guest. */
      readonly config: string | undefined
      readonly 'pve-mapping'?: string | undefined
    }
  readonly kernel: KernelRelease | undefined
  readonly packageRoot: string
  readonly stdin: () => Readable
}

export interface HookFinding {
  /** null: the VM gets no function of the host, so nothing was asked. */
  readonly preflight: Preflight | null
  /** What the VM gets too and is no PCI function, in sentences. */
  readonly skipped: readonly string[]
}

/** Asks `preflight` about the VM that is about to start. Nothing is opened, called or changed. */
export async function runHook(question: HookQuestion, frame: Framed): Promise<HookFinding> {
  const inputs = await inputsOf(question)
  const words = question.call.do === 'systemd' ? question.call.devices : []
  const skipped = inputs.flatMap((input) => input.skipped.map(tellSkipped))
  if (words.length === 0 && inputs.every(namesNothing)) {
    return { preflight: null, skipped }
  }
  return { preflight: await ask(question, inputs, words, frame), skipped }
}

function namesNothing({ devices, notFollowed }: VmInput): boolean {
  return devices.length === 0 && notFollowed.length === 0
}

async function inputsOf({ call, flags, stdin }: HookQuestion): Promise<readonly VmInput[]> {
  switch (call.do) {
    case 'libvirt': {
      const xml = await readText(stdin, 'The domain on standard input')
      return named(await parseDescription('libvirt', xml, 'standard input'), call.name)
    }
    case 'proxmox': {
      const file = flags.config ?? `/etc/pve/qemu-server/${call.vmid}.conf`
      return named(await parseDescription('proxmox', readConfig(file), file), call.vmid)
    }
    case 'systemd': {
      const inputs = await readInputs(flags)
      if (call.devices.length === 0 && inputs.length === 0) {
        throw new UsageError('The hook names neither a function nor a description of a VM.', {
          hint: 'Such as: vfio-reset hook systemd 65:00.0, or --qemu FILE.',
        })
      }
      return inputs.flatMap(({ vms }) => vms)
    }
  }
}

function named({ vms }: Description, name: string): readonly VmInput[] {
  return vms.map((input) => ({ ...input, name: input.name ?? name }))
}

/** `/etc/pve` is a file system in user space and can hang. */
function readConfig(file: string): string {
  try {
    return readBounded(file, INPUT_LIMIT).toString('utf8')
  } catch (error) {
    const errno = errnoOf(error)
    throw new HostError(`Cannot read the configuration ${file}: ${fileFailure(errno)}.`, {
      path: file,
      errno,
      cause: error,
    })
  }
}

/** A hook decides without anyone looking on: what a word of a name fits may be another function tomorrow. */
const noNames: NamesOf = () => new Map()

function ask(
  { flags, kernel }: HookQuestion,
  inputs: readonly VmInput[],
  words: readonly string[],
  frame: Framed,
): Promise<Preflight> {
  return withHost(frame, { from: flags, kernel, wake: false, holders: true }, ({ tree, host }) => {
    const surroundings = readSurroundings(tree, inputs, flags['pve-mapping'])
    const vms = inputs.flatMap((input) => requestsOf(input, { raw: host.raw, surroundings }))
    const named = findDevices(words, { raw: host.raw, tree, names: noNames })
    if (named.length > 0) vms.push(requestOfArguments(named, 'unmanaged'))
    const { via } = flags
    const taste = { policy: null, withinGroup: false, plans: false }
    return runPreflight(preflightHost(tree, host, vms), { vms, via, ...taste })
  })
}
