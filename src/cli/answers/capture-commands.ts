import { access, constants } from 'node:fs/promises'
import type { CommandOutput } from '../../capture/record/capture-entries.js'
import type { CommandNote } from '../../capture/record/manifest.js'

/** What commands said, and a note on each that was tried. */
export interface CommandResults {
  readonly outputs: readonly CommandOutput[]
  readonly notes: readonly CommandNote[]
}

interface Probe {
  readonly file: string
  /** Programs to be tried in turn, by name: the first that is installed is run. */
  readonly programs: readonly string[]
  readonly arguments: readonly string[]
  /** Lines to be kept; all of them unless told. */
  readonly lines?: RegExp
}

/** Where programs are looked for: not where the caller's environment says, since this runs as root. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/libexec', '/usr/local/bin']

const DEADLINE_MS = 10_000
const OUTPUT_LIMIT = 8 * 1024 * 1024

/** What bug trackers ask for besides the tree (QEMU's and the kernel's bug templates). */
const VM_PROBLEM: readonly Probe[] = [
  { file: 'uname.txt', programs: ['uname'], arguments: ['-srvm'] },
  { file: 'lspci.txt', programs: ['lspci'], arguments: ['-nnvv'] },
  {
    file: 'kernel-log.txt',
    programs: ['dmesg'],
    arguments: ['--color=never'],
    lines: /vfio|\bpci|iommu|dmar|amd-vi|pciehp|smmu|\baer\b/i,
  },
  {
    file: 'qemu-version.txt',
    programs: ['qemu-system-x86_64', 'qemu-system-aarch64', 'qemu-kvm', 'kvm'],
    arguments: ['--version'],
  },
  {
    file: 'libvirt-version.txt',
    programs: ['libvirtd', 'virtqemud', 'virsh'],
    arguments: ['--version'],
  },
]

/** Runs the commands that are installed, one after the other, each within a deadline and without a shell. */
export async function runCommands(): Promise<CommandResults> {
  const outputs: CommandOutput[] = []
  const notes: CommandNote[] = []
  for (const probe of VM_PROBLEM) {
    const program = await findProgram(probe.programs)
    const command = [program ?? probe.programs[0], ...probe.arguments].join(' ')
    if (program === undefined) {
      notes.push({ command, file: null, problem: 'not installed' })
      continue
    }
    const { text, problem } = await run(program, probe)
    const kept = probe.lines === undefined ? text : matching(text, probe.lines)
    if (kept !== '') outputs.push({ name: probe.file, text: kept })
    notes.push({ command, file: kept === '' ? null : probe.file, problem })
  }
  return { outputs, notes }
}

/** Path of the first of these programs that is installed; undefined: none is. */
export async function findProgram(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of FOLDERS) {
      const program = `${folder}/${name}`
      if (await isExecutable(program)) return program
    }
  }
  return undefined
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function run(
  program: string,
  { arguments: given }: Probe,
): Promise<{ readonly text: string; readonly problem: string | null }> {
  const { execa } = await import('execa')
  const child = execa(program, given, {
    env: { LC_ALL: 'C', PATH: FOLDERS.join(':') },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT,
    reject: false,
    stripFinalNewline: false,
  })
  const ended = await Promise.race([child, deadline()])
  if (ended === undefined) {
    // It sits in the kernel, where not even SIGKILL reaches it; nobody waits for it any longer.
    child.unref()
    child.stdout?.destroy()
    return { text: '', problem: `no end within ${DEADLINE_MS} ms` }
  }
  const { stdout, timedOut, isMaxBuffer, exitCode } = ended
  if (timedOut) return { text: stdout, problem: `no end within ${DEADLINE_MS} ms` }
  if (isMaxBuffer) return { text: stdout, problem: `more than ${OUTPUT_LIMIT} bytes` }
  return { text: stdout, problem: exitCode === 0 ? null : `exit code ${exitCode ?? 'none'}` }
}

/** A little later than execa's own, which suffices for everything that can be killed. */
function deadline(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), DEADLINE_MS + 1000).unref()
  })
}

function matching(text: string, lines: RegExp): string {
  return text
    .split('\n')
    .filter((line) => lines.test(line))
    .map((line) => `${line}\n`)
    .join('')
}
