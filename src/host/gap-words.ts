import type { Rendered, Sentence, Words } from '../text/word-table.js'
import type { Gap, GapWhy } from './gap.js'

export interface GapWords extends Words, Sentence<Gap> {
  /** What to do where a copy of a host was read: nobody can be root there. */
  readonly copyHint: string | null
}

/** Where a gap stands that a bridge leaves which is not part of the copy. */
const BUSES = 'sys/class/pci_bus/'

/** Words for every reason why a fact is missing. */
export const GAP_WORDS = {
  denied: {
    title: 'permission denied',
    sentence: ({ path }) => `${path} may not be read.`,
    hint: 'Run it again as root.',
    copyHint: 'Make the files readable, or capture the host again as root.',
  },
  absent: {
    title: 'missing',
    sentence: ({ path }) => `${path} is missing.`,
    hint: 'This kernel should have the file; look whether sysfs is mounted as a whole.',
    copyHint: 'The copy lacks a file that this kernel should have: capture the host again.',
  },
  truncated: {
    title: 'read in part',
    sentence: ({ path, detail }) => `${path} could be read in part only (${detail}).`,
    hint: 'Run it again as root: without it the kernel shows 64 bytes of a configuration space.',
    copyHint:
      'Capture the host again as root: without it the kernel shows 64 bytes of a configuration space.',
  },
  malformed: {
    title: 'unexpected content',
    sentence: ({ path, detail }) =>
      `${path} does not hold what the kernel writes there (${detail}).`,
    hint: 'Look at the file; a function that answers all ones is dead or gone.',
    copyHint: 'Look at the file in the copy, and capture the host again.',
  },
  vanished: {
    title: 'went away',
    sentence: ({ path }) => `${path} went away while the host was read.`,
    hint: 'Run it again: a function was removed, or reset, at the same time.',
    copyHint: 'Capture the host again: a function was removed meanwhile.',
  },
  asleep: {
    title: 'asleep',
    sentence: ({ path }) => `${path} was not read, since reading it would wake the function.`,
    hint: 'Run it again with --wake.',
    copyHint: 'Capture the host again while the function is awake.',
  },
  timeout: {
    title: 'no answer in time',
    sentence: ({ path, detail }) => `${path} gave no answer in time (${detail}).`,
    hint: 'Look into the kernel log (dmesg): a reset may be under way, or the function hangs.',
    copyHint: 'Capture the host again.',
  },
  failed: {
    title: 'read error',
    sentence: ({ path, detail }) => `${path} could not be read (${detail}).`,
    hint: 'Look into the kernel log (dmesg).',
    copyHint: 'Capture the host again.',
  },
  'not-captured': {
    title: 'not in the copy',
    sentence: ({ path, detail }) => {
      return path.startsWith(BUSES)
        ? `Of this host ${detail}: take \`lspci -xxxx\` of the whole host.`
        : `${path} is not part of this copy of the host.`
    },
    hint: 'Run it on the host itself.',
    copyHint: 'Run it on the host itself, or capture the host with this file.',
  },
  pending: {
    title: 'not made yet',
    sentence: ({ path }) => `The kernel makes ${path} when a driver is first bound.`,
    hint: 'Bind the function once: its IOMMU group stays when it is unbound.',
    copyHint: 'Capture the host again once the function was bound.',
  },
  unshown: {
    title: 'in no file',
    sentence: ({ detail }) => `No file of the kernel shows ${detail}.`,
    hint: 'Unbind the functions and bind them again: then it no longer matters.',
    copyHint: 'On the host, unbind the functions and bind them again: then it no longer matters.',
  },
  unmodelled: {
    title: 'unknown rule',
    sentence: ({ detail }) => `What this kernel does is unknown: ${detail}.`,
    hint: 'Name the exact release with --kernel, such as --kernel 6.12.95.',
    copyHint: 'Name the exact release with --kernel, such as --kernel 6.12.95.',
  },
} as const satisfies Record<GapWhy, GapWords>

/** What no release decides: a trace that ends, or something that this tool does not know. */
const NOT_FOLLOWED: GapWords = {
  title: 'not followed',
  sentence: ({ path, detail }) => `What ${path} stands for is unknown: ${detail}.`,
  hint: 'Look on the host itself what it stands for.',
  copyHint: 'Look on the host itself what it stands for.',
}

const RELEASE: ReadonlySet<string> = new Set([
  'proc/sys/kernel/osrelease',
  'proc/version',
  'proc/version_signature',
])

export function tellGap(gap: Gap): Rendered<GapWords> {
  const isRule = gap.why !== 'unmodelled' || RELEASE.has(gap.path)
  const words = isRule ? GAP_WORDS[gap.why] : NOT_FOLLOWED
  return { words, sentence: words.sentence(gap) }
}
