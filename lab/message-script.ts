import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A script of `lab/messages`: what makes programs complain, and where it has to run for that. */
export interface MessageScript {
  readonly name: string
  readonly text: string
  /** Kernels to run it under, by id, unless the command line names others. */
  readonly kernels: readonly string[]
  readonly topology: string
  /** State of that machine; null: its first. */
  readonly setup: string | null
  /** Further `-device` arguments, behind those of the topology. */
  readonly devices: readonly string[]
  /** Further arguments of QEMU, before the devices. */
  readonly args: readonly string[]
  /** Goes to the end of the kernel's command line. */
  readonly append: string
  /** Debian packages to be unpacked, not installed: `suite/name`. */
  readonly packages: readonly string[]
}

/** Reads the scripts in a folder, ordered by name; `names` empty: all. A string says which name has none. */
export async function readMessageScripts(
  folder: string,
  names: readonly string[],
): Promise<readonly MessageScript[] | string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sh')).sort()
  const known = files.map((file) => basename(file, '.sh'))
  const strange = names.find((name) => !known.includes(name))
  if (strange !== undefined) return `there is no script ${strange}; there are ${known.join(', ')}`
  const wanted = known.filter((name) => names.length === 0 || names.includes(name))
  return Promise.all(
    wanted.map(async (name) =>
      decodeMessageScript(name, await readFile(join(folder, `${name}.sh`), 'utf8')),
    ),
  )
}

const FIELD = /^# (kernels|topology|device|args|append|packages): (.+)$/gm

/** Reads the comment lines `# kernels: debian-6.1 lab-newest` and the like at the head of a script. */
export function decodeMessageScript(name: string, text: string): MessageScript {
  const [head = ''] = text.split(/^(?!#)/m, 1)
  const fields = [...head.matchAll(FIELD)]
  const all = (field: string) =>
    fields.flatMap(([, key, value]) => (key === field && value !== undefined ? [value.trim()] : []))
  const words = (field: string) => all(field).flatMap((value) => value.split(/\s+/))
  const [topology, setup = null] = all('topology')[0]?.split('/') ?? []
  const kernels = words('kernels')
  if (topology === undefined || kernels.length === 0) {
    throw new Error(`${name}.sh: its head wants "# kernels: ..." and "# topology: ..."`)
  }
  return {
    name,
    text,
    kernels,
    topology,
    setup,
    devices: all('device'),
    args: words('args'),
    append: all('append').join(' '),
    packages: words('packages'),
  }
}
