import type { FormatId } from '../inputs/formats.js'
import { FORMATS } from '../inputs/formats.js'
import type {
  NotFollowed,
  NotFollowedCause,
  SkippedDevice,
  SkippedKind,
} from '../inputs/vm-input.js'

/** What a device is that is not checked, with the words of the input. */
export function tellSkipped({ kind, text }: SkippedDevice): string {
  return `Not checked: ${SKIPPED_WORDS[kind]} (${text}).`
}

const SKIPPED_WORDS = {
  mediated: 'a mediated device, which belongs to its parent’s driver',
  ccw: 'a channel device of s390, which is no PCI function',
  ap: 'a crypto card of s390, which is no PCI function',
  platform: 'a device of the platform bus, which is no PCI function',
  'other-host-device': 'a device of the host that is no PCI function',
} as const satisfies Record<SkippedKind, string>

/** What may give the VM a function, with the words of the input. */
export function tellNotFollowed({ cause, text }: NotFollowed): string {
  return `“${text}” ${NOT_FOLLOWED_WORDS[cause]}.`
}

const NOT_FOLLOWED_WORDS = {
  'no-address': 'gives a function without an address that could be read',
  'other-file': 'may give functions: they stand in another file, which --vm reads',
  variable: 'may give functions: what a shell makes of it is unknown',
  mapping: 'is a resource mapping of Proxmox; which function it is was not found',
  resource:
    'is a resource: its functions stand in permittedHostDevices of the KubeVirt object, which a further --vm can give',
  'other-object':
    'may give functions: it is an object that was not given, which a further --vm can',
  'no-match': 'gives a function, and none of this host matches',
  pool: 'may be a pool, from which a function is chosen at the start',
  network:
    'may give a function: etc/libvirt/qemu/networks/NAME.xml of this host tells, and was not found (in a redacted copy it has another name)',
  'unknown-option': 'speaks of a function in a way that is not known here',
  'not-vfio': 'gives a function in another way than through VFIO',
} as const satisfies Record<NotFollowedCause, string>

/** Name of a format: `libvirt domain`. */
export function formatName(format: FormatId): string {
  return FORMATS.find(({ id }) => id === format)?.words ?? format
}
