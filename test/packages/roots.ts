import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { unpacked } from '../fleet/programs.js'
import { CACHE, ROOT } from './packages.js'

/** Names of processors: dpkg's, and those of qemu-user. */
const QEMU = { arm64: 'aarch64' } as const

/**
 * A bare Debian with Node, as `debootstrap` makes it; made once, into the cache. null: this takes root and a mirror of Debian,
 * and for another processor Linux 6.7.
 */
export function bareRoot(suite: string, other?: keyof typeof QEMU): string | null {
  const folder = join(CACHE, `root-${suite}${other === undefined ? '' : `-${other}-configured`}`)
  if (existsSync(folder)) return folder
  const tools = process.geteuid?.() === 0 ? unpacked('debootstrap') : null
  if (tools === null) return null
  const partial = mkdtempSync(join(CACHE, '.partial-'))
  try {
    const words = [
      '--variant=minbase',
      '--include=nodejs',
      ...(other === undefined ? [] : ['--foreign', `--arch=${other}`]),
      suite,
      partial,
      ...mirror(),
    ]
    execFileSync(join(tools, 'usr/sbin/debootstrap'), words, {
      stdio: 'ignore',
      env: { ...process.env, DEBOOTSTRAP_DIR: join(tools, 'usr/share/debootstrap') },
    })
    const made = other === undefined ? partial : configured(partial, other)
    execFileSync('chmod', ['755', made])
    renameSync(made, folder)
    return folder
  } catch {
    return null
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** The one that this host's apt uses for its release. */
function mirror(): readonly string[] {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI) $(CODENAME)'], {
    encoding: 'utf8',
  })
  const own = stdout.split('\n').find((line) => /^http\S+\/debian\/? [a-z]+$/.test(line))
  return own === undefined ? [] : [own.split(' ')[0] ?? '']
}

/**
 * A root of the packages that debootstrap fetched for another processor. Its own second stage makes devices and waits forever
 * under qemu-user; dpkg alone does not.
 */
function configured(fetched: string, other: keyof typeof QEMU): string {
  const root = join(fetched, 'root-configured')
  for (const name of ['bin', 'sbin', 'lib']) {
    mkdirSync(join(root, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(root, name))
  }
  const archives = join(fetched, 'var/cache/apt/archives')
  const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"'
  for (const name of readdirSync(archives).filter((each) => each.endsWith('.deb'))) {
    execFileSync('sh', ['-c', unpack, 'sh', join(archives, name), root])
  }
  cpSync(archives, join(root, 'srv'), { recursive: true })
  mkdirSync(join(root, 'checkout'))
  const { status, stderr } = inOtherRoot(root, other, 'sh', '-ec', CONFIGURE)
  if (status !== 0) throw new Error(`dpkg did not configure ${root}: ${stderr}`)
  return root
}

const CONFIGURE = `export DEBIAN_FRONTEND=noninteractive
cd /srv
: > /var/lib/dpkg/status
dpkg --force-depends --install base-passwd_*.deb base-files_*.deb
dpkg --force-depends --unpack *.deb
dpkg --configure -a
rm -rf /srv/*`

/** A copy to change. */
export function copyOf(root: string, name: string): string {
  const copy = join(mkdtempSync(join(CACHE, '.copy-')), name)
  execFileSync('cp', ['-a', '--reflink=auto', root, copy])
  mkdirSync(join(copy, 'checkout'), { recursive: true })
  return copy
}

export function removeCopy(copy: string): void {
  rmSync(join(copy, '..'), { recursive: true, force: true })
}

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | null
}

/**
 * Runs a command in a root that sees this host's /proc, and its /sys and /dev unless it has a bus and VFIO of its own; and this checkout
 * as `/checkout`. All mounts go with it.
 */
export function inRoot(root: string, ...command: readonly string[]): Ended {
  return enter(root, ['unshare', '--mount'], '', command)
}

/** The same for another processor, by emulation that nobody else sees: registered in a user namespace (Linux 6.7). */
export function inOtherRoot(root: string, other: keyof typeof QEMU, ...command: readonly string[]) {
  const tools = unpacked('qemu-user-static')
  if (tools === null) throw new Error('qemu-user-static cannot be had')
  cpSync(join(tools, `usr/bin/qemu-${QEMU[other]}-static`), join(root, 'qemu'))
  return enter(root, ['bash', '-c', WITH_USERS, 'bash'], REGISTER, command)
}

/** As `unshare --mount --user --map-users`, which takes programs that a bare host lacks: dpkg gives files to other users. */
const WITH_USERS = `unshare --mount --user sh -c 'until [ "$(id -u)" = 0 ]; do sleep 0.05; done; exec "$@"' sh "$@" &
while [ /proc/$!/ns/user -ef /proc/self/ns/user ]; do sleep 0.05; done
echo '0 0 65536' > /proc/$!/gid_map
echo '0 0 65536' > /proc/$!/uid_map
wait $!`

const BIND = `mount --rbind /proc "$1/proc"
mount --bind "$2" "$1/checkout"
[ -e "$1/sys/bus" ] || mount --rbind /sys "$1/sys"
[ -e "$1/dev/vfio" ] || mount --rbind /dev "$1/dev"
root=$1; shift 2
exec chroot "$root" env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 "$@"`

/** ELF of aarch64 (Documentation/admin-guide/binfmt-misc.rst). */
const REGISTER = `mount -t binfmt_misc none /proc/sys/fs/binfmt_misc &&
printf '%s' ':aarch64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:'"$1"'/qemu:F' > /proc/sys/fs/binfmt_misc/register || exit 125
`

function enter(
  root: string,
  within: readonly string[],
  before: string,
  command: readonly string[],
): Ended {
  const [program = '', ...words] = within
  const inside = ['sh', '-c', `set -e\n${before}${BIND}`, 'sh', root, ROOT]
  const { stdout, stderr, status } = spawnSync(program, [...words, ...inside, ...command], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { stdout, stderr, status }
}

/** Every file and folder, with what it holds as far as size and kind tell; without what dpkg and apt keep about themselves. */
export function everythingIn(root: string): readonly string[] {
  const own = ['./var/lib/dpkg', './var/log', './var/cache', './proc', './sys', './dev', './tmp']
  const skipped = own.flatMap((path) => ['-path', path, '-prune', '-o'])
  return execFileSync('find', ['.', ...skipped, '-printf', '%p %y %s %l\\n'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
    .split('\n')
    .filter((line) => !/ d \d+ $/.test(line) || !line.startsWith('./checkout'))
    .map((line) => line.replace(/ d \d+ $/, ' d'))
    .sort()
}
