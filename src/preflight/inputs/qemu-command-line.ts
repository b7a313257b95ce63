import { commandWords } from './command-words.js'
import { readQemuWords } from './qemu-words.js'
import { type InputProblem, isInputProblem, type VmInput, vmInput } from './vm-input.js'

/** `/usr/bin/qemu-system-x86_64`, `/usr/libexec/qemu-kvm`, `kvm`. */
const PROGRAM = /(?:^|\/)(?:qemu-system-[\w.-]+|qemu-kvm|kvm|kvm-spice)$/

/** Options without one of which a text that names no program is no command line of QEMU. Nor is one with `grep -m` or `find -name`. */
const TELLING =
  /^-(?:accel|audiodev|blockdev|cdrom|chardev|device|drive|enable-kvm|hda|machine|mem-prealloc|netdev|nic|no-user-config|nodefaults|nographic|object|overcommit|pidfile|qmp|readconfig|sandbox|smbios|smp|spice|vga|vnc)$/

/** Of `--device` QEMU names a driver; podman and docker have one too, with a file. */
const DRIVER = /^(?:[a-z][\w.-]*(?:,|$)|\{|\$)/

/**
 * What a QEMU command line gives to its VM. Of a log of libvirt with several starts the last one counts; of a script or a
 * list of processes all of them do.
 */
export function parseQemuCommandLine(text: string): VmInput | InputProblem {
  const words = commandWords(lastStart(text))
  if (isInputProblem(words)) return words
  if (!isQemu(words)) return { problem: 'it holds no word of a QEMU command line', line: null }
  const start = words.findIndex(isProgram)
  const read = readQemuWords(start < 0 ? words : words.slice(start + 1))
  return isInputProblem(read) ? read : vmInput(read.name, read.found)
}

/** Whether the words are those of a QEMU command line. */
export function isQemu(words: readonly string[]): boolean {
  return words.some(
    (word, index) =>
      isProgram(word, index, words) ||
      TELLING.test(word) ||
      (word === '--device' && DRIVER.test(words[index + 1] ?? '')),
  )
}

/** Of a log of libvirt what follows its last start; another text as it is. */
export function lastStart(text: string): string {
  const mark = text.lastIndexOf(': starting up libvirt version')
  return mark < 0 ? text : text.slice(mark)
}

/** Neither the value of an option, nor of a setting (`path = "/usr/bin/qemu-system-x86_64"`). */
function isProgram(word: string, index: number, words: readonly string[]): boolean {
  const before = words[index - 1] ?? ''
  return PROGRAM.test(word) && !before.startsWith('-') && before !== '='
}
