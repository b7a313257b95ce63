import { parse } from 'shell-quote'
import {
  type InputDevice,
  type InputProblem,
  parsePlace,
  parseSysfsPath,
  quoted,
  type SkippedDevice,
  type VmInput,
  vmInput,
} from './vm-input.js'

/** Devices of QEMU that are a VFIO function of PCI. */
const VFIO_DEVICES: ReadonlySet<string> = new Set(['vfio-pci', 'vfio-pci-nohotplug'])

/** `/usr/bin/qemu-system-x86_64`, `/usr/libexec/qemu-kvm`, `kvm`. */
const PROGRAM = /(?:^|\/)(?:qemu-system-[\w-]+|qemu-kvm|kvm)$/

/**
 * What a QEMU command line gives to its VM: `-device vfio-pci,host=…` or `sysfsdev=…`, also as JSON. Of a log with several
 * starts the last one counts. Options that are not about VFIO are passed over.
 */
export function parseQemuCommandLine(text: string): VmInput | InputProblem {
  const options = optionsOf(lastStart(commandWords(text)))
  const found: (InputDevice | SkippedDevice)[] = []
  for (const value of valuesOf(options, 'device')) {
    const properties = value.startsWith('{') ? jsonProperties(value) : listedProperties(value)
    if (properties === null) {
      return { problem: `its -device ${quoted(value)} is no JSON object`, line: null }
    }
    const driver = properties.get('driver')
    if (driver !== undefined && VFIO_DEVICES.has(driver)) found.push(deviceOf(properties, value))
  }
  const name = valuesOf(options, 'name').at(-1)
  return vmInput(name === undefined ? null : guestName(name), found)
}

type Option = readonly [name: string, value: string]

/** Every word that begins with `-` or `--`, and the word after it, which is its value if it takes one. */
function optionsOf(words: readonly string[]): readonly Option[] {
  return words.flatMap((word, index): readonly Option[] => {
    const value = words[index + 1]
    return word.startsWith('-') && value !== undefined ? [[word.replace(/^--?/, ''), value]] : []
  })
}

function valuesOf(options: readonly Option[], name: string): readonly string[] {
  return options.filter((option) => option[0] === name).map(([, value]) => value)
}

function lastStart(words: readonly string[]): readonly string[] {
  const start = words.findLastIndex(
    (word, index) => PROGRAM.test(word) && words[index - 1]?.startsWith('-') !== true,
  )
  return start < 0 ? words : words.slice(start + 1)
}

/** `guest=vm,debug-threads=on`, or the bare name. */
function guestName(value: string): string {
  const properties = listedProperties(`name,${value}`)
  return properties.get('guest') ?? value.split(',')[0] ?? value
}

type Properties = ReadonlyMap<string, string>

/** `vfio-pci,host=03:00.0,iommufd=iommufd0`; a comma inside a value is written twice (QemuOpts). */
function listedProperties(value: string): Properties {
  const parts = value.split(/(?<!,),(?!,)|,(?=,,)/).map((part) => part.replaceAll(',,', ','))
  const properties = new Map<string, string>()
  for (const [index, part] of parts.entries()) {
    const equals = part.indexOf('=')
    if (equals > 0) properties.set(part.slice(0, equals), part.slice(equals + 1))
    else if (index === 0) properties.set('driver', part)
  }
  return properties
}

function jsonProperties(value: string): Properties | null {
  try {
    const object: unknown = JSON.parse(value)
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return null
    return new Map(Object.entries(object).map(([key, each]) => [key, String(each)]))
  } catch {
    return null
  }
}

function deviceOf(properties: Properties, text: string): InputDevice | SkippedDevice {
  const path = properties.get('sysfsdev')
  if (path?.includes('/mdev/') === true) return { kind: 'mediated', text: quoted(text) }
  const host = properties.get('host')
  const place = path === undefined ? parsePlace(host ?? '') : parseSysfsPath(path)
  if (place === undefined || place.func === null) return { kind: 'no-address', text: quoted(text) }
  return {
    place,
    managed: false,
    way: properties.has('iommufd') || properties.has('fd') ? 'iommufd' : 'group',
    token: properties.get('vf-token') ?? null,
  }
}

/**
 * The words of a command line as a file holds it: with NULs as in `/proc/PID/cmdline`, or as a shell would split it, over
 * several lines as libvirt logs it. Variables and patterns stay as they are written; nothing is run or looked up.
 */
export function commandWords(text: string): readonly string[] {
  if (text.includes('\0')) return text.split('\0').filter((word) => word !== '')
  // Line by line, since a comment or a stray quote in a log must not swallow what follows.
  const lines = text.replace(/\\\r?\n/g, ' ').split('\n')
  return lines.flatMap((line) =>
    parse(line, (name) => `$${name}`).flatMap((entry) => {
      if (typeof entry === 'string') return [entry]
      return 'pattern' in entry ? [entry.pattern] : []
    }),
  )
}
