import { type NotFollowed, quoted } from './vm-input.js'

/**
 * An address with a function number. Not one in a name that udev made of the path to a disk, a serial line or a keyboard
 * (`/dev/input/by-path/pci-0000:00:14.0-…`): that device is given, and not the function behind which it hangs.
 */
const ADDRESS =
  /(?<![0-9a-f:.]|pci-)(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7](?![0-9a-f.])/i

/** Files of VFIO, folders of functions in sysfs, libvirt's names of functions, and QEMU's devices of VFIO with an option. */
const FILE =
  /\/dev\/vfio(?![\w-])|\bpci_[0-9a-f]{4,8}_[0-9a-f]{2}_[01][0-9a-f]_[0-7]\b|\/sys\/(?:bus\/pci|devices\/pci)|\bvfio-pci(?:-nohotplug)?[,"']|\bsysfsdev=/i

/** Whether words speak of a PCI function of the host, whatever option they stand in. */
export function speaksOfFunction(text: string): boolean {
  return ADDRESS.test(text) || FILE.test(text)
}

/** What speaks of a function among words that nothing else was made of. */
export function traces(words: Iterable<string>): readonly NotFollowed[] {
  const found = new Set<string>()
  for (const word of words) if (speaksOfFunction(word)) found.add(quoted(word))
  return [...found].map((text) => ({ cause: 'unknown-option', text }))
}
