import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './errors.js'
import { HOOK_KINDS, type HookKind } from './hook-call.js'

/** The file of each hook in `share/hooks`; its first lines say where it goes. */
const FILES: Readonly<Record<HookKind, string>> = {
  libvirt: 'libvirt-qemu',
  proxmox: 'proxmox-hookscript',
  systemd: 'systemd.conf',
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
    .map((each) => {
      const file = join(packageRoot, 'share', 'hooks', FILES[each])
      return `==> ${file}\n${readFileSync(file, 'utf8')}`
    })
    .join('\n')
}
