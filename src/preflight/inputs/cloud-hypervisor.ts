import { commandWords, isVariable } from './command-words.js'
import { type OptionWord, optionWords } from './option-words.js'
import { traces } from './traces.js'
import {
  type Found,
  type InputDevice,
  type InputProblem,
  isInputProblem,
  parseSysfsPath,
  quoted,
  type VmInput,
  vmInput,
} from './vm-input.js'

const PROGRAM = /(?:^|\/)(?:cloud-hypervisor(?:-static)?|ch-remote(?:-static)?)$/

/** Its options, of which other VMMs write some with one dash only. */
const OPTION =
  /^--(?:api-socket|balloon|console|cpus|disk|event-monitor|firmware|fs|memory|net|payload|platform|pmem|restore|rng|user-device|vdpa|vsock|watchdog|device)(?:=|$)/

/**
 * What a Cloud Hypervisor command line gives to its VM: `--device path=/sys/bus/pci/devices/…[,…]`, one or several
 * after one option (Cloud Hypervisor's own documentation of VFIO), and `ch-remote … add-device path=…`.
 */
export function parseCloudHypervisor(text: string): VmInput | InputProblem {
  const words = commandWords(text)
  if (isInputProblem(words)) return words
  if (!isCloudHypervisor(words)) {
    return { problem: 'it holds no word of a Cloud Hypervisor command line', line: null }
  }
  const start = words.findIndex((word) => PROGRAM.test(word))
  return vmInput(null, readWords(words.slice(start + 1)), 'cloud-hypervisor')
}

/**
 * Whether words are those of its command line. Of its options others have most: QEMU a `--device` with a driver, podman one with a
 * file, virt-install `--memory` and `--disk`; a path of sysfs behind `--device` none of them.
 */
export function isCloudHypervisor(words: readonly string[]): boolean {
  return words.some(
    (word, index) =>
      PROGRAM.test(word) ||
      OWN.test(word) ||
      (DEVICES.has(word) && isPath(words[index + 1] ?? '')) ||
      (word.startsWith('--device=') && isPath(word.slice('--device='.length))),
  )
}

/** Options that no other program has. */
const OWN = /^--(?:api-socket|event-monitor|user-device|vdpa)(?:=|$)/

function isPath(value: string): boolean {
  return /(?:^|,)path=/.test(value)
}

/** Options whose words are paths of devices; others are passed over unless they speak of a function. */
const DEVICES: ReadonlySet<string> = new Set(['--device', 'add-device'])

function readWords(words: readonly string[]): readonly Found[] {
  const via = words.some(isIommufd) ? 'iommufd' : null
  return optionWords(words, { commands: DEVICES, takes: 'many' }).flatMap((each) =>
    readWord(each, via),
  )
}

function readWord({ option, value }: OptionWord, via: InputDevice['via']): readonly Found[] {
  if (DEVICES.has(option)) return [deviceOf(value, via)]
  if (value.startsWith('@')) return [{ cause: 'other-file', text: quoted(value) }]
  return !isKnown(option) && isVariable(value)
    ? [{ cause: 'variable', text: quoted(value) }]
    : traces([value])
}

/** Whether the value of an option gives no function, whatever a variable in it becomes: it is one word, with a key or not. */
function isKnown(option: string): boolean {
  return (
    OPTION.test(option) || /^--(?:cmdline|initramfs|kernel|log-file|seccomp|serial)$/.test(option)
  )
}

function isIommufd(word: string): boolean {
  return /(?:^|[,=])iommufd=on(?:,|$)/.test(word)
}

/** One device as `path=…,iommu=on,id=…`. */
export function deviceOf(value: string, via: InputDevice['via']): Found {
  const text = quoted(value)
  const path = /(?:^|,)path=([^,]*)/.exec(value)?.[1]
  return path === undefined
    ? { cause: isVariable(value) ? 'variable' : 'no-address', text }
    : deviceAt(path, via)
}

/** A device by its folder in sysfs. */
export function deviceAt(path: string, via: InputDevice['via']): Found {
  const text = quoted(path)
  if (path.includes('/mdev/')) return { kind: 'mediated', text }
  const place = parseSysfsPath(path)
  if (place === undefined) return { cause: isVariable(path) ? 'variable' : 'no-address', text }
  return { which: { by: 'address', place }, managed: false, via, token: null }
}
