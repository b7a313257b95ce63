import { type ConfigSection, configSections } from './config-sections.js'
import { deviceOf, readDisk } from './qemu-words.js'
import { traces } from './traces.js'
import { type Found, type InputProblem, isInputProblem, type VmInput, vmInput } from './vm-input.js'

/** Groups of options in a file that `-readconfig` reads, without one of which it is none. */
const TELLING: ReadonlySet<string> = new Set([
  'device',
  'drive',
  'machine',
  'chardev',
  'netdev',
  'object',
  'memory',
  'smp-opts',
  'boot-opts',
  'accel',
])

/** What a configuration file of QEMU (`-readconfig`) gives to its VM: its groups `[device]` and `[drive]`. */
export function parseQemuConfig(text: string): VmInput | InputProblem {
  const sections = configSections(text)
  if (isInputProblem(sections)) return sections
  if (!sections.some(({ name }) => TELLING.has(name))) {
    return { problem: 'it holds no group of options that QEMU knows', line: null }
  }
  const name = sections.find((each) => each.name === 'name')?.values.get('guest') ?? null
  return vmInput(name, sections.flatMap(foundIn))
}

/** Whether the text looks like such a file. */
export function isQemuConfig(text: string): boolean {
  const heading = /^\[([\w-]{1,64})(?: "[^"\n]{0,200}")?\]\s*$/m.exec(text)?.[1]
  return heading !== undefined && TELLING.has(heading)
}

function foundIn({ name, values }: ConfigSection): readonly Found[] {
  const text = [...values].map(([key, value]) => `${key}=${value}`).join(',')
  if (name === 'device') return deviceOf(values, text)
  return name === 'drive' ? readDisk(name, text) : traces(values.values())
}
