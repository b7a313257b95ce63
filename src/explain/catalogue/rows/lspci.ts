import { type KnownMessage, rowsOf } from '../message.js'

const LSPCI = { origin: 'pciutils', project: 'pciutils' } as const

/** Signs in what lspci and setpci print that a function does not answer. */
export const LSPCI_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...LSPCI, file: 'lspci.c' }, [
    ['dead-device', '!!! Unknown header type 7f'],
    ['dead-device', '(rev ff) (prog-if ff)'],
    ['dead-device', '(rev ff)'],
    ['dead-device', '!!! Invalid class'],
    [
      'dead-device',
      'lspci: Unable to read the standard configuration space header of device {address}',
    ],
    ['dead-device', '!!! Header type 7f does not match class code'],
  ]),
  ...rowsOf({ ...LSPCI, file: 'lib/sysfs.c' }, [
    ['lockdown', 'pcilib: Cannot write to {path}/config: Operation not permitted'],
    ['config-unread', 'pcilib: Cannot open /sys/bus/pci/devices/{device}/config: {errno}'],
  ]),
]
