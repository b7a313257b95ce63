import { commandWords } from './command-words.js'
import { isOnlyMessage } from './other-texts.js'
import { readQemuWords } from './qemu-words.js'
import { type InputProblem, isInputProblem, type VmInput, vmInput } from './vm-input.js'

/** `/usr/bin/qemu-system-x86_64`, `/usr/libexec/qemu-kvm`, `kvm`. */
const PROGRAM = /(?:^|\/)(?:qemu-system-[\w.-]+|qemu-kvm|kvm|kvm-spice)$/

/** Folders by which a command line is seen to be one of libvirt's or Proxmox's. */
const MANAGER = /\/libvirt\/qemu\/(?:domain-|channel\/)|\/run\/qemu-server\//

/** Options without one of which a text that names no program is no command line of QEMU. Nor is one with `grep -m` or `find -name`. */
const TELLING =
  /^-(?:accel|audiodev|blockdev|cdrom|chardev|device|drive|enable-kvm|hda|machine|mem-prealloc|netdev|nic|no-user-config|nodefaults|nographic|object|overcommit|pidfile|qmp|readconfig|sandbox|smbios|smp|spice|vga|vnc)$/

/** Of `--device` QEMU names a driver; podman and docker have one too, with a file. */
const DRIVER = /^(?:[a-z][\w.-]*(?:,|$)|\{|\$)/

/**
 * What a QEMU command line gives to its VM. Of a log of libvirt with several starts the last one counts; of a script or a
 * list of processes all of them do. Whether libvirt or Proxmox binds the functions does not stand in their command lines.
 */
export function parseQemuCommandLine(text: string): VmInput | InputProblem {
  const words = commandWords(commandIn(text))
  if (isInputProblem(words)) return words
  if (!isQemu(words)) return { problem: 'it holds no word of a QEMU command line', line: null }
  const start = words.findIndex(isProgram)
  const read = readQemuWords(start < 0 ? words : words.slice(start + 1))
  if (isInputProblem(read)) return read
  const isManaged = startIn(text) >= 0 || MANAGER.test(text)
  const found = read.found.map((each) =>
    isManaged && 'which' in each ? { ...each, managed: null } : each,
  )
  return vmInput(read.name, found)
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

/** Of a log of libvirt the command of its last start, of another text all of it; without what QEMU said then, which repeats options. */
export function commandIn(text: string): string {
  // As in /proc/PID/cmdline.
  if (text.includes('\0')) return text
  const start = startIn(text)
  const lines = (start < 0 ? text : text.slice(start)).split('\n')
  const end = start < 0 ? -1 : lines.findIndex((line, index) => index > 0 && !/\\\r?$/.test(line))
  const own = end < 0 ? lines : lines.slice(0, end + 1)
  return own.filter((line) => !isOnlyMessage(line)).join('\n')
}

/** Where the last start begins; negative: the text is no log of libvirt. */
function startIn(text: string): number {
  return text.lastIndexOf(': starting up libvirt version')
}

/** Neither the value of an option, nor of a setting (`path = "/usr/bin/qemu-system-x86_64"`). */
function isProgram(word: string, index: number, words: readonly string[]): boolean {
  const before = words[index - 1] ?? ''
  return PROGRAM.test(word) && !before.startsWith('-') && before !== '='
}
