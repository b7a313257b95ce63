import {
  type InputDevice,
  type InputPlace,
  type InputProblem,
  parsePlace,
  quoted,
  type SkippedDevice,
  type VmInput,
  vmInput,
} from './vm-input.js'

/**
 * What a Proxmox VM configuration gives to its VM: `hostpciN: [host=]ADDRESS[;ADDRESS…][,option=…]` (qm.conf(5)). A missing
 * function means all of the device. Snapshots and pending changes, which follow under `[…]`, do not count.
 */
export function parseProxmoxConfig(text: string): VmInput | InputProblem {
  const settings: Setting[] = []
  for (const [index, words] of text.split(/\r?\n/).entries()) {
    if (words.startsWith('[')) break
    if (/^\s*(?:#|$)/.test(words)) continue
    const setting = /^([a-z][\w-]*):\s*(.*?)\s*$/.exec(words)
    const line = index + 1
    if (setting === null) {
      return { problem: `"${quoted(words)}" is no line of a VM configuration`, line }
    }
    const [, key = '', value = ''] = setting
    settings.push({ key, value, line })
  }
  if (settings.length === 0) return { problem: 'it holds no setting', line: null }
  return inputOf(settings)
}

interface Setting {
  readonly key: string
  readonly value: string
  readonly line: number
}

function inputOf(settings: readonly Setting[]): VmInput | InputProblem {
  const found: (InputDevice | SkippedDevice)[] = []
  for (const { key, value, line } of settings) {
    if (!/^hostpci\d+$/.test(key)) continue
    const devices = passedThrough(value)
    if (devices === null) {
      return { problem: `${key} names no PCI function: "${quoted(value)}"`, line }
    }
    found.push(...devices)
  }
  return vmInput(settings.find(({ key }) => key === 'name')?.value ?? null, found)
}

/** null: the value has not the form of the manual. */
function passedThrough(value: string): readonly (InputDevice | SkippedDevice)[] | null {
  const options = new Map(
    value.split(',').map((part, index): readonly [string, string] => {
      const equals = part.indexOf('=')
      if (equals < 0) return [index === 0 ? 'host' : part, part]
      return [part.slice(0, equals), part.slice(equals + 1)]
    }),
  )
  if (options.has('mapping')) return [{ kind: 'mapping', text: quoted(value) }]
  if (options.has('mdev')) return [{ kind: 'mediated', text: quoted(value) }]
  const places = (options.get('host') ?? '').split(';').map(parsePlace)
  if (!places.every((place): place is InputPlace => place !== undefined)) return null
  return places.map((place) => ({ place, managed: true, way: null, token: null }))
}
