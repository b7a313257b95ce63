import { deviceAt } from './cloud-hypervisor.js'
import { commandWords, isVariable } from './command-words.js'
import { type OptionWord, optionWords } from './option-words.js'
import { at, entriesAt, textAt, type Value, wordsIn } from './structured.js'
import { traces } from './traces.js'
import {
  type Found,
  type InputProblem,
  isInputProblem,
  quoted,
  type VmInput,
  vmInput,
} from './vm-input.js'

const PROGRAM = /(?:^|\/)crosvm$/

const TELLING = /^--(?:vfio|vfio-platform|cfg)(?:=|$)/

/**
 * What a crosvm command line gives to its VM: `--vfio PATH[,option=…]` with the folder of a function in sysfs (crosvm's own
 * documentation of VFIO).
 */
export function parseCrosvm(text: string): VmInput | InputProblem {
  const words = commandWords(text)
  if (isInputProblem(words)) return words
  if (!isCrosvm(words)) return { problem: 'it holds no word of a crosvm command line', line: null }
  const start = words.findIndex((word) => PROGRAM.test(word))
  return vmInput(null, readWords(words.slice(start + 1)), 'crosvm')
}

export function isCrosvm(words: readonly string[]): boolean {
  return words.some((word) => PROGRAM.test(word) || TELLING.test(word))
}

const STYLE = { commands: new Set<string>(), takes: 'one' } as const

function readWords(words: readonly string[]): readonly Found[] {
  return optionWords(words, STYLE).flatMap(readWord)
}

function readWord({ option, value }: OptionWord): readonly Found[] {
  const text = quoted(`${option} ${value}`)
  switch (option) {
    case '--vfio':
      return [deviceAt(pathOf(value), null)]
    case '--vfio-platform':
      return [{ kind: 'platform', text }]
    case '--cfg':
      return [{ cause: 'other-file', text }]
    default:
      if (value.startsWith('@')) return [{ cause: 'other-file', text }]
      return isVariable(value) && !KNOWN.test(option)
        ? [{ cause: 'variable', text }]
        : traces([value])
  }
}

/** Options whose value gives no function, whatever a variable in it becomes. */
const KNOWN =
  /^(?:-[bcdims]|--(?:bios|block|cpus|disk|initrd|log-level|mem|name|net|params|pmem|root|rwdisk|rwroot|serial|shared-dir|socket|tap-fd|vsock))$/

/** `PATH`, or `path=PATH`, before its options. */
function pathOf(value: string): string {
  return (value.split(',')[0] ?? value).replace(/^path=/, '')
}

/** Whether a document is a configuration for `crosvm run --cfg`. */
export function isCrosvmConfig(document: Value): boolean {
  return at(document, 'vfio') !== undefined
}

/** The same as the command line, from a configuration: `vfio` is a list of paths or of objects with a `path`. */
export function readCrosvmConfig(document: Value): readonly VmInput[] {
  const vfio = at(document, 'vfio')
  const devices: readonly Value[] = Array.isArray(vfio) ? vfio : [vfio]
  const found = devices.map((each): Found => {
    const path = typeof each === 'string' ? each : textAt(each, 'path')
    return path === null
      ? { cause: 'no-address', text: quoted(JSON.stringify(each)) }
      : deviceAt(pathOf(path), null)
  })
  const rest = entriesAt(document).flatMap(([key, value]) => (key === 'vfio' ? [] : wordsIn(value)))
  return [vmInput(null, [...found, ...traces(rest)], 'crosvm')]
}
