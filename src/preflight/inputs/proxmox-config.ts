import { argumentWords } from './command-words.js'
import { readQemuWords } from './qemu-words.js'
import { speaksOfFunction, traces } from './traces.js'
import {
  type Found,
  type InputPlace,
  type InputProblem,
  isInputProblem,
  parsePlace,
  quoted,
  type VmInput,
  vmInput,
} from './vm-input.js'

/**
 * What a Proxmox VM configuration gives to its VM: `hostpciN: [host=]ADDRESS[;ADDRESS…][,option=…]` (qm.conf(5)), where a missing
 * function means all of the device, and what `args:` gives QEMU. Snapshots and pending changes, which follow under `[…]`, do not
 * count.
 */
export function parseProxmoxConfig(text: string): VmInput | InputProblem {
  const settings = settingsOf(text)
  if (isInputProblem(settings)) return settings
  if (settings.length === 0) return { problem: 'it holds no setting', line: null }
  if (!settings.some(({ key }) => KEYS.test(key))) {
    return { problem: 'it holds no setting that Proxmox knows', line: null }
  }
  const found: Found[] = []
  for (const setting of settings) {
    const read = readSetting(setting)
    if (isInputProblem(read)) return read
    found.push(...read)
  }
  return vmInput(settings.find(({ key }) => key === 'name')?.value ?? null, found)
}

/** Settings of a VM, without one of which a text is no configuration of one. */
const KEYS =
  /^(?:acpi|affinity|agent|args|arch|audio0|balloon|bios|boot|cores|cpu|cpulimit|cpuunits|efidisk0|hostpci\d+|hotplug|hugepages|ide\d+|kvm|machine|memory|meta|net\d+|numa\d*|onboot|ostype|rng0|sata\d+|scsi\d+|scsihw|serial\d+|smbios1|sockets|startup|tablet|template|tpmstate0|unused\d+|usb\d+|vcpus|vga|virtio\d+|virtiofs\d+|vmgenid|hookscript)$/

interface Setting {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** Whether the text looks like such a file: `key: value` line by line, with settings that Proxmox knows. */
export function isProxmoxConfig(text: string): boolean {
  const settings = settingsOf(text)
  return !isInputProblem(settings) && settings.some(({ key }) => KEYS.test(key))
}

function settingsOf(text: string): readonly Setting[] | InputProblem {
  const settings: Setting[] = []
  for (const [index, words] of text.split(/\r?\n/).entries()) {
    if (words.startsWith('[')) break
    const bare = words.trim()
    if (bare === '' || bare.startsWith('#')) continue
    const key = /^[a-z][\w.-]*(?=:)/.exec(words)?.[0]
    const line = index + 1
    if (key === undefined) {
      return { problem: `"${quoted(words)}" is no line of a VM configuration`, line }
    }
    settings.push({ key, value: words.slice(key.length + 1).trim(), line })
  }
  return settings
}

/** Settings whose words are for people, or name a script. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['name', 'description', 'tags', 'parent'])

function readSetting({ key, value, line }: Setting): readonly Found[] | InputProblem {
  if (key === 'args') {
    const words = argumentWords(value)
    const read = isInputProblem(words) ? words : readQemuWords(words)
    return isInputProblem(read) ? { ...read, line } : read.found
  }
  if (/^hostpci\d+$/.test(key)) {
    return (
      passedThrough(value) ?? { problem: `${key} names no PCI function: "${quoted(value)}"`, line }
    )
  }
  const mayMap = !KEYS.test(key) && value.includes('mapping=')
  if (FOR_PEOPLE.has(key) || (!mayMap && !speaksOfFunction(value))) return []
  return [{ cause: 'unknown-option', text: quoted(`${key}: ${value}`) }]
}

/** Options of `hostpciN` beside those that say which functions are meant. */
const OPTIONS: ReadonlySet<string> = new Set([
  'device-id',
  'legacy-igd',
  'pcie',
  'rombar',
  'romfile',
  'sub-device-id',
  'sub-vendor-id',
  'vendor-id',
  'x-vga',
  'driver',
])

/** A `driver` other than the default: whether Proxmox binds the function then is not known. */
const OTHERWISE_BOUND = { managed: null } as const
const GROUP_BOUND = { managed: true, along: 'group' } as const

/** null: the value has not the form of the manual. */
function passedThrough(value: string): readonly Found[] | null {
  const options = new Map(
    value.split(',').map((part, index): readonly [string, string] => {
      const equals = part.indexOf('=')
      if (equals < 0) return [index === 0 ? 'host' : part, part]
      return [part.slice(0, equals), part.slice(equals + 1)]
    }),
  )
  const { host, mapping, mdev, ...rest } = Object.fromEntries(options)
  const binding = (rest['driver'] ?? 'vfio') === 'vfio' ? GROUP_BOUND : OTHERWISE_BOUND
  const others = Object.entries(rest).flatMap(([key, each]) => (OPTIONS.has(key) ? [] : [each]))
  if (mdev !== undefined) return [{ kind: 'mediated', text: quoted(value) }, ...traces(others)]
  if (mapping !== undefined) {
    const which = { by: 'mapping', name: mapping } as const
    return [{ which, ...binding, via: null, token: null }, ...traces(others)]
  }
  const places = (host ?? '').split(';').map(parsePlace)
  if (!places.every((place): place is InputPlace => place !== undefined)) return null
  return [
    ...places.map((place): Found => {
      return { which: { by: 'address', place }, ...binding, via: null, token: null }
    }),
    ...traces(others),
  ]
}
