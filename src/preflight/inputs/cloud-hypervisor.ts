import { commandWords } from './qemu-command-line.js'
import {
  type InputDevice,
  type InputProblem,
  parseSysfsPath,
  quoted,
  type SkippedDevice,
  type VmInput,
  vmInput,
} from './vm-input.js'

/**
 * What a Cloud Hypervisor command line gives to its VM: `--device path=/sys/bus/pci/devices/…[,…]`, one or several
 * after one option (Cloud Hypervisor's own documentation of VFIO). Other options are passed over.
 */
export function parseCloudHypervisor(text: string): VmInput | InputProblem {
  const words = commandWords(text)
  const values = [...deviceValues(words)]
  const shared = words.some((word) => /(?:^|[,=])iommufd=on(?:,|$)/.test(word)) ? 'iommufd' : null
  return vmInput(
    null,
    values.map((value) => deviceOf(value, shared)),
  )
}

function* deviceValues(words: readonly string[]): Generator<string> {
  let isDevice = false
  for (const word of words) {
    if (word.startsWith('--device=')) yield word.slice('--device='.length)
    if (word.startsWith('-')) isDevice = word === '--device'
    else if (isDevice) yield word
  }
}

function deviceOf(value: string, way: InputDevice['way']): InputDevice | SkippedDevice {
  const path = /(?:^|,)path=([^,]*)/.exec(value)?.[1]
  if (path?.includes('/mdev/') === true) return { kind: 'mediated', text: quoted(value) }
  const place = path === undefined ? undefined : parseSysfsPath(path)
  if (place === undefined) return { kind: 'no-address', text: quoted(value) }
  return { place, managed: false, way, token: null }
}
