import { isVariable } from './command-words.js'
import { type Properties, propertiesOf, propertySets } from './qemu-properties.js'
import { speaksOfFunction, traces } from './traces.js'
import {
  type Found,
  type InputProblem,
  isInputProblem,
  type NotFollowed,
  parsePlace,
  parseSysfsPath,
  quoted,
} from './vm-input.js'

/** What the options of one QEMU process give to its VM. */
export interface QemuRead {
  /** null: none is given. */
  readonly name: string | null
  readonly found: readonly Found[]
}

/**
 * Reads the words after `qemu-system-…`: `-device vfio-pci,host=…` or `sysfsdev=…`, also as JSON, and NVMe controllers that
 * QEMU drives itself. What cannot be followed is named: other files (`-readconfig`), variables, and functions in options
 * that are not known here.
 */
export function readQemuWords(words: readonly string[]): QemuRead | InputProblem {
  const found: Found[] = []
  let name: string | null = null
  for (const [index, word] of words.entries()) {
    const option = optionOf(words[index - 1])
    if (option === null) {
      found.push(...loneWord(word))
      continue
    }
    if (option === 'name') name = guestName(word)
    const read = readOption(option, word)
    if (isInputProblem(read)) return read
    found.push(...read)
  }
  const last = words.at(-1)
  if (last !== undefined && VALUED.has(optionOf(last) ?? '')) {
    found.push({
      cause: 'no-address',
      text: quoted(`${last} without a value: the line is cut off`),
    })
  }
  return { name, found }
}

/** Options of QEMU that give devices, and so take a value. */
const VALUED: ReadonlySet<string> = new Set(['device', 'drive', 'blockdev', 'readconfig'])

/** Options of QEMU that take no value: what follows them is a word of its own. */
const FLAGS =
  /^(?:S|s|enable-kvm|no-kvm|usb|nographic|nodefaults|no-user-config|no-reboot|no-shutdown|no-acpi|no-hpet|no-fd-bootchk|full-screen|no-quit|snapshot|daemonize|only-migratable|mem-prealloc|preconfig|singlestep|one-insn-per-tb|old-param|semihosting|win2k-hack|xen-attach|portrait|h|help|version|g|no-nodefconfig|nodefconfig|no-frame|curses|no-kvm-irqchip|no-kvm-pit|no-kvm-pit-reinjection)$/

/** The name of the option to which the next word belongs; null: it is none, or takes no value. */
function optionOf(word: string | undefined): string | null {
  if (word === undefined || !/^--?[A-Za-z]/.test(word)) return null
  const name = word.replace(/^--?/, '')
  return FLAGS.test(name) ? null : name
}

/** A word that belongs to no option: the image of a disk, or what a shell or QEMU makes options of. */
function loneWord(word: string): readonly NotFollowed[] {
  if (word.startsWith('@')) return [{ cause: 'other-file', text: quoted(word) }]
  if (isVariable(word)) return [{ cause: 'variable', text: quoted(word) }]
  return traces([word])
}

function readOption(option: string, value: string): readonly Found[] | InputProblem {
  switch (option) {
    case 'device':
      return readDevice(value)
    case 'drive':
    case 'blockdev':
    case 'hda':
    case 'hdb':
    case 'hdc':
    case 'hdd':
    case 'cdrom':
      return readDisk(option, value)
    case 'readconfig':
      return [{ cause: 'other-file', text: quoted(`-readconfig ${value}`) }]
    default:
      return readOther(option, value)
  }
}

/** An option that gives no function, as far as its name is known here. */
function readOther(option: string, value: string): readonly NotFollowed[] {
  // `-name -device …`: an option that takes no value, and is not known here.
  if (value.startsWith('-') || FOR_GUEST.test(option)) return []
  if (speaksOfFunction(value)) {
    return [{ cause: 'unknown-option', text: quoted(`-${option} ${value}`) }]
  }
  return isVariable(value) && !KNOWN.test(option)
    ? [{ cause: 'variable', text: quoted(`-${option} ${value}`) }]
    : []
}

/** Options of QEMU whose words are for the guest, or for people. */
const FOR_GUEST = /^(?:append|fw_cfg|initrd|kernel|name|pidfile|smbios|trace|D)$/

/** Options of QEMU whose value names no function, whatever a variable in it becomes. */
const KNOWN =
  /^(?:M|accel|action|add-fd|append|audio|audiodev|bios|boot|chardev|compat|cpu|D|d|dfilter|display|dtb|echr|fsdev|fw_cfg|gdb|icount|incoming|initrd|iscsi|k|kernel|L|loadvm|m|machine|mem-path|mon|monitor|msg|mtdblock|name|net|netdev|nic|numa|object|overcommit|parallel|pflash|pidfile|plugin|prom-env|qmp|qmp-pretty|rtc|run-with|runas|sandbox|sd|seed|serial|shim|smbios|smp|spice|tb-size|tpmdev|trace|usbdevice|user|uuid|vga|virtfs|vnc|watchdog|watchdog-action|xen-domid)$/

/** Devices of QEMU that are a VFIO function of PCI. */
const PCI: ReadonlySet<string> = new Set(['vfio-pci', 'vfio-pci-nohotplug'])

/** Devices of QEMU that are a device of VFIO on another bus. */
const OTHER_BUSES: ReadonlyMap<string, 'ccw' | 'ap' | 'platform'> = new Map([
  ['vfio-ccw', 'ccw'],
  ['vfio-ap', 'ap'],
  ['vfio-platform', 'platform'],
  ['vfio-calxeda-xgmac', 'platform'],
  ['vfio-amd-xgbe', 'platform'],
] as const)

function readDevice(value: string): readonly Found[] | InputProblem {
  const properties = propertiesOf(value, 'driver')
  if (properties === null) {
    return { problem: `its -device ${quoted(value)} is no JSON object`, line: null }
  }
  return deviceOf(properties, value)
}

/** A device by its properties, as `-device` and `[device]` of a configuration file give them. */
export function deviceOf(properties: Properties, value: string): readonly Found[] {
  const text = quoted(value)
  const driver = properties.get('driver') ?? ''
  const kind = OTHER_BUSES.get(driver)
  if (kind !== undefined) return [{ kind, text }]
  if (isVariable(driver)) return [{ cause: 'variable', text }]
  if (PCI.has(driver)) return [functionOf(properties, text)]
  // A virtual disk or network card; or one of VFIO that is not known here.
  const isVfio = /^vfio-(?!user-)/i.test(driver)
  return isVfio || speaksOfFunction(value) ? [{ cause: 'unknown-option', text }] : []
}

function functionOf(properties: Properties, text: string): Found {
  const path = properties.get('sysfsdev')
  if (path?.includes('/mdev/') === true) return { kind: 'mediated', text }
  const host = properties.get('host') ?? ''
  const place = path === undefined ? parsePlace(padded(host)) : parseSysfsPath(path)
  if (place === undefined || place.func === null) {
    return { cause: isVariable(path ?? host) ? 'variable' : 'no-address', text }
  }
  const via = properties.has('iommufd') || properties.has('fd') ? 'iommufd' : 'group'
  const token = properties.get('vf-token') ?? null
  return { which: { by: 'address', place }, managed: false, via, token }
}

/** QEMU reads numbers of any width (`set_pci_host_devaddr`): `a:0.1`. */
function padded(host: string): string {
  const [, domain, bus = '', device = '', func = ''] =
    /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(host) ?? []
  if (func === '') return host
  const place = `${bus.padStart(2, '0')}:${device.padStart(2, '0')}.${func}`
  return domain === undefined ? place : `${domain.padStart(4, '0')}:${place}`
}

/** `nvme://0000:05:00.0/1`, or the driver `nvme` with a `device`: QEMU drives the controller itself, through VFIO. */
export function readDisk(option: string, value: string): readonly Found[] {
  const text = quoted(`-${option} ${value}`)
  const places = [
    ...[...value.matchAll(/nvme:\/\/([^/,"]{1,16})/g)].map(([, place = '']) => place),
    ...propertySets(value).flatMap(nvmeDevices),
  ]
  if (places.length > 0) {
    return places.map((written) => {
      const place = parsePlace(written)
      if (place === undefined || place.func === null) return { cause: 'no-address', text } as const
      return { which: { by: 'address', place }, managed: false, via: 'group', token: null } as const
    })
  }
  return speaksOfFunction(value) ? [{ cause: 'unknown-option', text }] : []
}

/** `file.driver=nvme,file.device=…` too, where one option holds several layers. */
function nvmeDevices(properties: Properties): readonly string[] {
  return [...properties].flatMap(([key, value]) => {
    if (value !== 'nvme' || !/(?:^|\.)driver$/.test(key)) return []
    return properties.get(key.replace(/driver$/, 'device')) ?? []
  })
}

/** `guest=vm,debug-threads=on`, or the bare name. */
function guestName(value: string): string {
  return propertiesOf(value, 'guest')?.get('guest') ?? value.split(',')[0] ?? value
}
