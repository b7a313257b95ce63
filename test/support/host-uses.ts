import fc from 'fast-check'
import { type HostFiles, linkTo } from './host-files.js'

/** A host that says of everything which it may need that it does not. */
export const NOTHING_IN_USE: HostFiles = {
  'proc/self/mountinfo': '',
  'proc/swaps': '',
  'proc/net/route': '',
  'proc/net/ipv6_route': '',
}

/** What a host does with a function. */
export type Use =
  | 'nothing'
  | 'mount'
  | 'swap'
  | 'volume group'
  | 'route'
  | 'bridge'
  | 'zfs'
  | 'console'

export const randomUses: fc.Arbitrary<readonly Use[]> = fc.array(
  fc.constantFrom<Use>(
    'nothing',
    'nothing',
    'nothing',
    'mount',
    'swap',
    'volume group',
    'route',
    'bridge',
    'zfs',
    'console',
  ),
  { minLength: 12, maxLength: 12 },
)

/** Files of a host that uses its functions, which lie in these folders, in turn. */
export function useFiles(folders: readonly string[], uses: readonly Use[]): HostFiles {
  const files: HostFiles = {}
  const text = {
    mounts: ['20 1 0:20 / / rw - tmpfs tmpfs rw'],
    swaps: ['Filename Type Size Used Priority'],
    routes: ['Iface Destination Gateway Flags'],
    consoles: 'tty0',
  }
  folders.forEach((folder, index) => {
    const use = uses[index % uses.length] ?? 'nothing'
    const disk = () => block(files, `sd${index}`, `8:${index}`, `${folder}/ata1/block/sd${index}`)
    const route = (name: string) => text.routes.push(`${name}\t00000000\t0\t0003`)
    if (use === 'mount')
      text.mounts.push(`3${index} 1 8:${index} / /data${index} rw - ext4 /dev/sd${index} rw`)
    if (use === 'swap') text.swaps.push(`/dev/sd${index} partition 1 0 -2`)
    if (use === 'zfs')
      text.mounts.push(`4${index} 1 0:9${index} / /tank${index} rw - zfs tank${index} rw`)
    if (['mount', 'swap', 'zfs', 'volume group'].includes(use)) disk()
    if (use === 'volume group') {
      const place = `sys/devices/virtual/block/dm-${index}`
      block(files, `dm-${index}`, `253:${index}`, place)
      const slave = `${place}/slaves/sd${index}`
      files[slave] = linkTo(slave, `${folder}/ata1/block/sd${index}`)
    }
    if (use === 'route' || use === 'bridge') {
      const place = `${folder}/net/eth${index}`
      network(files, `eth${index}`, place)
      if (use === 'route') route(`eth${index}`)
      else {
        const bridge = `sys/devices/virtual/net/br${index}`
        network(files, `br${index}`, bridge)
        files[`${bridge}/lower_eth${index}`] = linkTo(`${bridge}/lower_eth${index}`, place)
        route(`br${index}`)
      }
    }
    if (use === 'console') {
      const place = `${folder}/tty/ttyS${index}`
      files[`${place}/dev`] = '4:68\n'
      files[`sys/class/tty/ttyS${index}`] = linkTo(`sys/class/tty/ttyS${index}`, place)
      text.consoles += ` ttyS${index}`
    }
  })
  return {
    ...files,
    'proc/self/mountinfo': lines(text.mounts),
    'proc/swaps': lines(text.swaps),
    'proc/net/route': lines(text.routes),
    'proc/net/ipv6_route': '',
    'proc/net/fib_triestat': 'Main:\n\tPrefixes: 1\n',
    'proc/bus/input/devices': '',
    'sys/class/tty/console/active': `${text.consoles}\n`,
  }
}

function block(files: HostFiles, name: string, number: string, place: string): void {
  files[`${place}/dev`] = `${number}\n`
  for (const link of [`sys/class/block/${name}`, `sys/dev/block/${number}`]) {
    files[link] = linkTo(link, place)
  }
}

function network(files: HostFiles, name: string, place: string): void {
  files[`${place}/flags`] = '0x1003\n'
  files[`sys/class/net/${name}`] = linkTo(`sys/class/net/${name}`, place)
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
