import { join } from 'node:path'
import { packageFile } from '../../host/package-file.js'
import { UsageError } from '../errors.js'

/** Who can call `vfio-reset hook`. */
export const HOOK_KINDS = ['libvirt', 'proxmox', 'systemd'] as const

export type HookKind = (typeof HOOK_KINDS)[number]

/** What a call asks for. */
export type HookCall =
  /** Something that a hook cannot stop, or must not: nothing is read. */
  | { readonly do: 'nothing' }
  /** A domain is about to start; its XML is on standard input. */
  | { readonly do: 'libvirt'; readonly name: string }
  /** A guest is about to start. */
  | { readonly do: 'proxmox'; readonly vmid: string }
  /** A unit is about to start; the functions of its VM, where it names them itself. */
  | { readonly do: 'systemd'; readonly devices: readonly string[] }

/** Reads the words after `hook`. Throws a UsageError for what no caller of hooks says. */
export function parseHookCall(words: readonly string[]): HookCall {
  const [kind, ...rest] = words
  switch (kind) {
    case 'libvirt':
      return libvirtCall(rest)
    case 'proxmox':
      return proxmoxCall(rest)
    case 'systemd':
      return { do: 'systemd', devices: rest }
    default:
      throw new UsageError(
        kind === undefined ? 'Which hook? None was named.' : `Unknown hook "${kind}".`,
        { hint: `There are: ${HOOK_KINDS.join(', ')}. --print-install shows how to install one.` },
      )
  }
}

/** Whether somebody's hook is calling, and not a person who tries something: then no mistake of ours may stop a VM. */
export function isHookCalling(words: readonly string[]): boolean {
  const [kind, ...rest] = words
  return kind === 'systemd' ? rest.length > 0 : isKind(kind) && rest.length > 1
}

function isKind(word: string | undefined): boolean {
  return HOOK_KINDS.some((kind) => kind === word)
}

/**
 * `NAME OPERATION SUB-OPERATION EXTRA` (libvirt, docs/hooks.rst). Only `prepare begin` is before the start. `reconnect` above
 * all must not fail: libvirt would kill a guest that runs.
 */
function libvirtCall([name, operation, phase]: readonly string[]): HookCall {
  if (name === undefined || operation === undefined) {
    throw new UsageError('libvirt calls its hook with a name, an operation and more.', {
      hint: 'To try it: virsh dumpxml NAME | vfio-reset hook libvirt NAME prepare begin -',
    })
  }
  return operation === 'prepare' && phase === 'begin' ? { do: 'libvirt', name } : { do: 'nothing' }
}

/** `VMID PHASE` (Proxmox, pve-guests). A number, so that it can be part of a path. */
function proxmoxCall([vmid, phase]: readonly string[]): HookCall {
  if (vmid === undefined || phase === undefined || !/^\d{1,9}$/.test(vmid)) {
    throw new UsageError('Proxmox calls its hookscript with the number of a guest and a phase.', {
      hint: 'To try it: vfio-reset hook proxmox 100 pre-start',
    })
  }
  return phase === 'pre-start' ? { do: 'proxmox', vmid } : { do: 'nothing' }
}

/** The files of each hook in `share/hooks`; their first lines say where they go. */
const FILES: Readonly<Record<HookKind, readonly string[]>> = {
  libvirt: ['libvirt-qemu'],
  proxmox: ['proxmox-hookscript'],
  systemd: ['systemd-condition', 'systemd.conf'],
}

/** The ready-made files with their places, to be read and copied; `kind`: one of them only. */
export function installText(packageRoot: string, kind: string | undefined): string {
  const wanted = HOOK_KINDS.filter((each) => kind === undefined || each === kind)
  if (wanted.length === 0) {
    throw new UsageError(`Unknown hook "${kind}".`, {
      hint: `There are: ${HOOK_KINDS.join(', ')}.`,
    })
  }
  return wanted
    .flatMap((each) => FILES[each])
    .map((name) => {
      const file = join('share', 'hooks', name)
      return `==> ${join(packageRoot, file)}\n${packageFile(packageRoot, file).toString()}`
    })
    .join('\n')
}
