import type { KnownMessage } from '../../src/explain/catalogue/message.js'

/** Something that each hole of a catalogue text can hold. */
const VALUES: Readonly<Record<string, string>> = {
  device: '0000:03:00.0',
  address: '0000:03:00.0',
  bdf: '0:3:0.0',
  sid: '300',
  slot: '0000:03:00',
  other: '0000:04:00.0',
  group: '14',
  number: '3',
  hex: '0x1f',
  iova: '0x100000',
  size: '0x40000000',
  state: 'D3cold',
  next: 'D0',
  word: 'thing',
  path: 'a/thing',
  resource: '[mem 0x2800000000-0x2fffffffff 64bit pref]',
  errno: 'Invalid argument',
  text: ', some words, ',
  reset: 'bus reset',
  pciehp: 'pcieport 0000:00:1c.4: pciehp: ',
  pci: 'vfio-pci 0000:03:00.0: ',
  vfio: 'vfio 0000:03:00.0: ',
  crosvm: '',
  libxl: 'libxl: error: libxl_pci.c:1981:do_pci_remove: Domain 3:',
}

/** A catalogue text as its program would print it. */
export function filledText({ text }: Pick<KnownMessage, 'text'>): string {
  return text
    .replace(/^\^|\$$/g, '')
    .replace(/\{([a-z]+)\}/g, (hole, name: string) => VALUES[name] ?? hole)
}
