import type { Secret } from '../capture/redact/redaction.js'

/** What each kind of replaced value is called, one and many. */
export const SECRET_WORDS = {
  'serial-number': ['serial number', 'serial numbers'],
  'mac-address': ['MAC address', 'MAC addresses'],
  'host-name': ['host name', 'host names'],
  command: ['program name', 'program names'],
  'command-line': ['kernel parameter', 'kernel parameters'],
  uuid: ['UUID', 'UUIDs'],
  'network-address': ['network address', 'network addresses'],
  'slot-label': ['slot label', 'slot labels'],
  'disk-name': ['disk name', 'disk names'],
  builder: ['builder of the kernel', 'builders of the kernel'],
} as const satisfies Record<Secret, readonly [one: string, many: string]>
