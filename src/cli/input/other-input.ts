import { isMessageOfQemu } from '../../preflight/inputs/other-texts.js'
import { UsageError } from '../errors.js'

/** Bytes from the beginning of an input that tell what it is. */
const SAMPLE = 64 * 1024

/** Gathers the beginning of an input. */
export function sample() {
  const pieces: Uint8Array[] = []
  let length = 0
  return {
    take(piece: Uint8Array): void {
      if (length >= SAMPLE) return
      pieces.push(piece.subarray(0, SAMPLE - length))
      length += piece.length
    },
    bytes: (): Uint8Array => Buffer.concat(pieces),
  }
}

/** How archives and compressed files begin: gzip, bzip2, xz, zstd, zip. */
const PACKED: readonly string[] = [
  '\u001f\u008b',
  'BZh',
  '\u00fd7zXZ',
  '\u0028\u00b5\u002f\u00fd',
  'PK\u0003\u0004',
]

/** What describes a VM: libvirt's domain, a QEMU command line (libvirt's log of it too), Proxmox. */
const VM = /<domain[\s>]|<hostdev[\s>]|-device ['"]?(?:\{"driver":"vfio-pci|vfio-pci)|^hostpci\d+:/m

/** Whether something begins as an archive or a compressed file, such as a capture. */
export function isPacked(start: Uint8Array): boolean {
  const text = Buffer.from(start.subarray(0, 512)).toString('latin1')
  return PACKED.some((begin) => text.startsWith(begin)) || text.slice(257, 262) === 'ustar'
}

/** Throws a UsageError for what is no log, where nothing in it was recognised; `start`: how it begins. */
export function refuseOther(start: Uint8Array): void {
  const text = Buffer.from(start).toString('latin1')
  if (isPacked(start)) {
    throw new UsageError('Standard input is an archive or compressed, not a log.', {
      hint: 'A capture of a host: --capture FILE. A log: unpack it first, such as: zcat FILE | vfio-reset explain',
    })
  }
  const own = text.split('\n').filter((line) => !isMessageOfQemu(line))
  if (VM.test(own.join('\n'))) {
    throw new UsageError('This describes a VM, and has no message that is known.', {
      hint: 'Whether the VM can start: vfio-reset preflight --vm FILE',
    })
  }
  if (text.startsWith('\u007fELF') || text.includes('\0\0\0\0')) {
    throw new UsageError('Standard input is binary, not a log.', {
      hint: 'The journal as text: journalctl -b | vfio-reset explain',
    })
  }
}
