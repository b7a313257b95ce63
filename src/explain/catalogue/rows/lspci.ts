import { type KnownMessage, rowsOf } from '../message.js'

const LSPCI = { origin: 'pciutils', project: 'pciutils' } as const

/** Signs in what lspci and setpci print that a function does not answer. */
export const LSPCI_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...LSPCI, file: 'lspci.c' }, [
    { id: 'dead-device', text: '!!! Unknown header type 7f' },
    { id: 'dead-device', text: '(rev ff) (prog-if ff)' },
    { id: 'dead-device', text: '(rev ff)' },
    { id: 'dead-device', text: '!!! Invalid class' },
    {
      id: 'dead-device',
      text: 'lspci: Unable to read the standard configuration space header of device {address}',
    },
    { id: 'dead-device', text: '!!! Header type 7f does not match class code' },
  ]),
  ...rowsOf({ ...LSPCI, file: 'lib/sysfs.c' }, [
    { id: 'lockdown', text: 'pcilib: Cannot write to {path}/config: Operation not permitted' },
    {
      id: 'config-access',
      text: 'pcilib: Cannot open /sys/bus/pci/devices/{device}/config: {errno}',
    },
  ]),
]
