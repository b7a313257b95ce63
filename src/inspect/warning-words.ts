import { NEED_WORDS } from '../host/need-words.js'
import type { HostNeed } from '../host/raw-host.js'
import type { Rendered, Sentence, Words } from '../text/word-table.js'
import type { Warning, WarningKind } from './warning.js'

export interface WarningWords extends Words, Sentence<Warning> {}

const KEEP = 'Do not bind or reset it on a running host.'

/** Words for every warning. */
export const WARNING_WORDS = {
  'boot-disk': needed('boot-disk', KEEP),
  'root-filesystem': needed('root-filesystem', KEEP),
  'mounted-filesystem': needed('mounted-filesystem', 'Unmount it before you take the function.'),
  'storage-in-use': needed(
    'storage-in-use',
    'Switch the pool, array or volume group off before you take the function.',
  ),
  bmc: needed('bmc', null),
  keyboard: needed('keyboard', 'Have another way into the host first.'),
  'possible-host-need': {
    title: 'host may need it',
    sentence: (warning) =>
      `${subject(warning)} may carry what the host uses, which could not be followed to its end: ${warning.detail}.`,
    hint: 'Look on the host what that rests on before you take the function.',
  },
  swap: needed('swap', 'Switch that swap space off (swapoff) before you take the function.'),
  'active-route': needed(
    'active-route',
    'Taking it can cut you off: have another way into the host first.',
  ),
  console: needed(
    'console',
    'The screen stays dark once it is taken: have another way into the host first.',
  ),
  'kernel-assumed': {
    title: 'kernel assumed',
    sentence: ({ detail }) =>
      `The kernel release was not recorded, or is none. The answers are those of ${detail}, the newest one known here.`,
    hint: 'Name the release with --kernel.',
  },
  'kernel-newer': {
    title: 'kernel newer than this tool',
    sentence: ({ detail }) =>
      `The kernel ${detail} is newer than any that this tool was compared with. The newest known rules answer.`,
    hint: 'Look for a newer vfio-reset.',
  },
  'dead-function': {
    title: 'does not answer',
    sentence: (warning) =>
      `${subject(warning)} does not answer: its configuration space reads as all ones. It is dead, asleep or gone.`,
    hint: 'No reset of VFIO is sure to bring it back; often only a power cycle does.',
  },
  'unaccounted-reset': {
    title: 'reset beyond the list',
    sentence: (warning) =>
      `A hot reset of ${subject(warning)} also resets functions that the kernel neither lists nor checks: ${warning.detail}.`,
    hint: 'Stop their users first: they get no notice.',
  },
  'vfs-destroyed': {
    title: 'VFs destroyed',
    sentence: (warning) =>
      `A hot reset of ${subject(warning)} destroys VFs that the kernel does not list: ${warning.detail}.`,
    hint: 'Stop the users of the VFs and switch them off (sriov_numvfs) first.',
  },
  'sbr-masked': {
    title: 'reset has no effect',
    sentence: (warning) =>
      `${subject(warning)} is a CXL port that masks bus resets (Unmask SBR is 0): the call succeeds and resets nothing.`,
    hint: 'The cxl_bus method of the function works: see its reset_method.',
  },
  'link-inactive': {
    title: 'link is down',
    sentence: (warning) =>
      `The link below ${subject(warning)} is down: a reset may or may not bring it back.`,
    hint: null,
  },
  'slot-assumed': {
    title: 'slot taken to have been there',
    sentence: (warning) =>
      `The answers rest on the slot below ${subject(warning)} having been there when each of ${warning.detail} was bound to vfio-pci: VFIO fixes then what it is reset with.`,
    hint: null,
  },
  'dpc-triggered': {
    title: 'link cut after an error',
    sentence: (warning) =>
      `${subject(warning)} has cut the link below it after an error (DPC triggered): nothing below answers.`,
    hint: 'Look into the kernel log (dmesg).',
  },
  'late-quirk': {
    title: 'may not survive a bus reset',
    sentence: (warning) =>
      `${subject(warning)} is known not to come back from a bus reset: newer kernels never reset its bus for that reason (${warning.detail} and later).`,
    hint: 'Have a power cycle at hand, or take a kernel that exempts it.',
  },
  'known-bad-reset': {
    title: 'known for trouble with resets',
    sentence: (warning) =>
      `${subject(warning)} is known for trouble with resets: ${warning.detail}.`,
    hint: 'Have a power cycle at hand.',
  },
  'denied-device': {
    title: 'vfio-pci does not bind to it',
    sentence: (warning) =>
      `vfio-pci does not bind to ${subject(warning)}: it is on its denylist (${warning.detail}).`,
    hint: 'The parameter vfio-pci.disable_denylist=1 overrules it, for guests that you trust.',
  },
  'group-link-lost': {
    title: 'the copy contradicts itself',
    sentence: (warning) =>
      `${subject(warning)} is bound to ${warning.detail}, which takes no function without an IOMMU group, but the copy has no group for it: its group is unknown.`,
    hint: 'Capture the host again (`vfio-reset capture`), with its iommu_group links.',
  },
  'open-elsewhere': {
    title: 'open somewhere',
    sentence: (warning) =>
      `Some process seems to have ${subject(warning)} open (${warning.detail}), but which one could not be seen.`,
    hint: 'Run it again as root to see the processes of other users.',
  },
  'unsafe-noiommu': {
    title: 'unsafe no-IOMMU mode',
    sentence: () =>
      'Unsafe no-IOMMU mode is on: VFIO hands out functions whose DMA nothing limits.',
    hint: 'Switch it off unless you trust the users as you trust root.',
  },
  'host-changed': {
    title: 'host changed meanwhile',
    sentence: () =>
      'Functions came or went while the host was read, so the report may be inconsistent.',
    hint: 'Run it again.',
  },
} as const satisfies Record<WarningKind, WarningWords>

function needed(kind: HostNeed['kind'], hint: string | null): WarningWords {
  const { noun, does } = NEED_WORDS[kind]
  const sentence = (warning: Warning) => `${subject(warning)} ${does} (${warning.detail}).`
  return { title: noun, sentence, hint }
}

function subject({ address }: Warning): string {
  return address ?? 'the host'
}

export function tellWarning(warning: Warning): Rendered<WarningWords> {
  const words = WARNING_WORDS[warning.kind]
  return { words, sentence: words.sentence(warning) }
}
