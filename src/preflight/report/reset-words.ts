import { counted } from '../../text/english.js'
import type { ByKind, Words, WordTable } from '../../text/word-table.js'
import type { ResetReason } from '../reason.js'
import { VMMS } from '../vmm.js'

/** Words for how a function is reset when its VM starts. */
export const RESET_WORDS = {
  'is-vf': {
    title: 'a VF',
    sentence: ({ address, pf }) =>
      `${address} is a VF: a hot reset is the wrong path, since it would need the PF ${pf} and all its VFs. FLR is its reset.`,
    hint: null,
  },
  'own-reset': {
    title: 'has a reset of its own',
    sentence: ({ address, method, weak }) =>
      weak
        ? `${address} is reset by ${method} only, which may leave old state behind.`
        : `${address} is reset by itself (${method}) when the VM starts.`,
    hint: null,
  },
  'own-reset-likely': {
    title: 'has a reset of its own by its registers',
    sentence: ({ address, method, otherwise }) =>
      `By its registers ${address} has a reset of its own (${method}), which the start of a VM uses unless somebody switched it off in reset_method${otherwise === null ? '' : `; then it is hot-reset (${otherwise})`}.`,
    hint: null,
  },
  'hot-reset': {
    title: 'hot reset',
    sentence: ({ address, scope, vmm }) =>
      `${address} is hot-reset (${scope}) by ${VMMS[vmm].name} when the VM starts.`,
    hint: null,
  },
  'reset-after-use': {
    title: 'reset after use only',
    sentence: ({ address, scope, vmm }) =>
      `${VMMS[vmm].name} hot-resets nothing, and ${address} has no other reset: the kernel resets its ${scope} only after a user of VFIO (vfio_pci_dev_set_try_reset). What a driver of the host left in it stays.`,
    hint: null,
  },
  'nothing-resets': {
    title: 'nothing resets it',
    sentence: ({ address }) =>
      `Nothing resets ${address}: the VM starts, with whatever state the last user left.`,
    hint: null,
  },
  'reset-masked': {
    title: 'hot reset has no effect',
    sentence: ({ address, port }) =>
      `A hot reset of ${address} is permitted and resets nothing: the CXL port ${port} masks it (Unmask SBR is 0).`,
    hint: 'Put cxl_bus into its reset_method: that lifts the mask for the moment of the reset.',
  },
  'reset-beyond': {
    title: 'reset beyond the list',
    sentence: ({ address, others }) =>
      `The hot reset of ${address} also resets ${counted(others.length, 'function')} that the kernel neither lists nor checks: ${others.slice(0, 4).join(', ')}${others.length > 4 ? ' …' : ''}.`,
    hint: 'Stop their users first: they get no notice.',
  },
  'no-flr': {
    title: 'no FLR',
    sentence: ({ address, path }) =>
      `${address} has no FLR: its capability bit is clear in ${path} (PCIe Device Capabilities bit 28, AF bit 1).`,
    hint: null,
  },
  'hotplug-port': {
    title: 'hot-plug port above',
    sentence: ({ address, port }) =>
      `The only reset of ${address} is that of its bus, and the port ${port} above can be hot-plugged: some kernels take the lost link for an unplug, and the function vanishes for a moment.`,
    hint: 'After a failed start look for "pciehp: Slot: Link Down" in the kernel log.',
  },
  'known-bad-reset': {
    title: 'known not to come back',
    sentence: ({ address, what, source }) =>
      `${address} is known for trouble with resets: ${what} (${source}).`,
    hint: null,
  },
  'kernel-trouble': {
    title: 'kernel known for trouble',
    sentence: ({ release, what, source }) =>
      `The kernel ${release} may be one of those that are known for this: ${what} (${source}).`,
    hint: 'A later release of the same line has it fixed.',
  },
  'outside-group': {
    title: 'outside the group',
    sentence: ({ address, group }) =>
      `The reset also affects ${address} in ${group === null ? 'no group' : `group ${group}`}.`,
    hint: null,
  },
} as const satisfies WordTable<ByKind<ResetReason>, Words>
