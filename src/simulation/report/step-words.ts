import { REASON_WORDS } from '../../policy/reason-words.js'
import {
  type ByKind,
  type Rendered,
  tell,
  type Words,
  type WordTable,
} from '../../text/word-table.js'
import type { StepReason } from '../reason.js'

export interface StepWords extends Words {
  /** Kernel function that refuses; null: no kernel has the rule, or none was called. */
  readonly kernel: string | null
}

export function tellStep(reason: StepReason): Rendered<StepWords> {
  return tell<ByKind<StepReason>, StepWords, StepReason['kind']>(STEP_WORDS, reason.kind, reason)
}

/** What a function of no-IOMMU mode does not have in this kernel. */
const LACKS = {
  cdev: 'This kernel has no device files for such functions; Linux 7.3 has, if it is built so.',
  proof: 'Before Linux 5.19 the file of its made-up group is no proof.',
  access: 'This kernel opens it on an iommufd and then answers no call.',
} as const

/** Words for every reason why a step was not answered with "ok" (5.10 to 7.3). */
const STEP_WORDS = {
  ...REASON_WORDS,
  noiommu: {
    title: 'Unsafe no-IOMMU mode',
    sentence: ({ address, lacks }) => `${address} is in unsafe no-IOMMU mode. ${LACKS[lacks]}`,
    kernel: 'vfio_device_add, vfio_group_get_external_user, vfio_df_group_open',
    hint: 'Switch the IOMMU on, or use a newer kernel.',
  },
  'not-open': {
    title: 'Nothing to call',
    sentence: ({ address }) =>
      address === null
        ? 'There is no such file: it was never opened.'
        : `There is no open file of ${address} to call: no earlier step opened one.`,
    kernel: null,
    hint: null,
  },
  'closed-fd': {
    title: 'Closed file',
    sentence: ({ name }) =>
      name === null
        ? 'One of the numbers passed belongs to no open file.'
        : `The file of ${name} is not open.`,
    kernel: 'fget',
    hint: 'Pass only files that are still open.',
  },
  'wrong-file': {
    title: 'Another kind of file',
    sentence: ({ name }) => `${name} is a file of another kind than the call wants.`,
    kernel: 'vfio_file_is_group, iommufd_ctx_from_fd',
    hint: null,
  },
  'not-bound': {
    title: 'Not bound to a context',
    sentence: ({ address }) =>
      `The device file of ${address} is open but not bound to a context: it answers nothing but BIND.`,
    kernel: 'vfio_device_fops_unl_ioctl',
    hint: 'Bind it to an iommufd first.',
  },
  'no-iommufd': {
    title: 'No iommufd',
    sentence: () => 'This kernel has no /dev/iommu.',
    kernel: 'iommufd_init',
    hint: 'That takes 6.2 or later with CONFIG_IOMMUFD; use a container here.',
  },
  'no-group-api': {
    title: 'No group files',
    sentence: () => 'This kernel was built without group files (CONFIG_VFIO_GROUP).',
    kernel: 'vfio_group_init',
    hint: 'Use the device files under /dev/vfio/devices.',
  },
  'not-vfio': {
    title: 'Not bound to a vfio driver',
    sentence: ({ address, group }) =>
      group === null
        ? `${address} is not bound to a vfio driver, so VFIO does not know it.`
        : `No function of group ${group} is bound to a vfio driver, so the group has no file.`,
    kernel: 'vfio_register_group_dev',
    hint: 'Bind the function to vfio-pci.',
  },
  'group-busy': {
    title: 'Group in use',
    sentence: ({ group, actor }) =>
      `${actor} has the file of group ${group} open. It opens only once, and not while device files are open.`,
    kernel: 'vfio_group_fops_open, vfio_device_block_group',
    hint: 'Give all of the group to one process.',
  },
  'cdev-bound': {
    title: 'Device file in use',
    sentence: ({ address, group, actor }) =>
      `${actor} has the device file of ${address} bound. While that is so, the file of its group ${group} does not open.`,
    kernel: 'vfio_group_fops_open',
    hint: 'Open all of the group through the same interface.',
  },
  'group-not-viable': {
    ...REASON_WORDS['group-not-viable'],
    sentence: ({ driver, ...fact }) =>
      driver === null
        ? `Group ${fact.group} does not open if ${fact.member} is bound to a native driver.`
        : REASON_WORDS['group-not-viable'].sentence({ ...fact, driver }),
  },
  'dma-owned': {
    title: 'DMA owned by somebody else',
    sentence: ({ group, address, actor }) =>
      address === null
        ? `${actor} has group ${group} in a container: the DMA of a group has one owner.`
        : `${actor} has ${address} of the same group ${group} bound to another context: the DMA of a group has one owner.`,
    kernel: 'iommu_group_claim_dma_owner, iommu_device_claim_dma_owner',
    hint: 'Bind all of the group to one context.',
  },
  'mixed-container': {
    title: 'Real and fake groups',
    sentence: ({ group }) =>
      `Group ${group} does not go into this container: real groups and those of no-IOMMU mode do not mix.`,
    kernel: 'vfio_container_attach_group, iommufd_vfio_compat_ioas_create',
    hint: 'Open a second container.',
  },
  'one-group-container': {
    title: 'One group a container',
    sentence: ({ group }) =>
      `Group ${group} would be the second of its container: on POWER one container takes one group.`,
    kernel: 'tce_iommu_attach_group',
    hint: 'Open a container for each group, or choose VFIO_SPAPR_TCE_v2_IOMMU.',
  },
  'no-container': {
    title: 'No container',
    sentence: ({ group }) => `Group ${group} is in no container that has an IOMMU.`,
    kernel: 'vfio_df_group_open, vfio_group_get_external_user',
    hint: 'Put the group into a container first (SET_CONTAINER), and call SET_IOMMU on it, again after its last group has left.',
  },
  'container-empty': {
    title: 'Container without a group',
    sentence: ({ name }) => `${name} has no group, and only a container with one takes an IOMMU.`,
    kernel: 'vfio_ioctl_set_iommu',
    hint: 'Put a group into it first (SET_CONTAINER).',
  },
  'iommu-set': {
    title: 'IOMMU chosen already',
    sentence: ({ name }) => `${name} has its IOMMU already, and takes no second one.`,
    kernel: 'vfio_ioctl_set_iommu',
    hint: null,
  },
  'already-open': {
    title: 'Already open',
    sentence: ({ address, actor }) =>
      `${actor} has ${address} open already, and a device file is bound once only.`,
    kernel: 'vfio_df_open',
    hint: null,
  },
  'token-missing': {
    title: 'VF token missing',
    sentence: ({ address, pf }) =>
      address === pf
        ? `A VF of ${pf} is in use, so ${pf} opens with its VF token only.`
        : `Its PF ${pf} is bound to a vfio driver, so ${address} opens with the VF token of ${pf} only.`,
    kernel: 'vfio_pci_validate_vf_token',
    hint: 'Open the PF, set a token, and give it to whoever opens the VF.',
  },
  'token-wrong': {
    title: 'Wrong VF token',
    sentence: ({ address, pf }) => `The token given for ${address} is not that of ${pf}.`,
    kernel: 'vfio_pci_validate_vf_token',
    hint: 'The token is random until somebody who has the PF open sets it.',
  },
  'token-superfluous': {
    title: 'VF token not expected',
    sentence: ({ address }) =>
      `${address} is no PF, and no VF of a PF that is bound to a vfio driver: it has no token.`,
    kernel: 'vfio_pci_validate_vf_token',
    hint: 'Leave the token out.',
  },
  'token-unknown': {
    title: 'BIND without token',
    sentence: () => 'BIND of this kernel does not accept a VF token.',
    kernel: 'vfio_df_ioctl_bind_iommufd',
    hint: 'Open the VF through its group, or use a newer kernel.',
  },
  'no-sriov': {
    title: 'No PF',
    sentence: ({ address }) => `${address} has no VFs to protect, so it has no token.`,
    kernel: 'vfio_pci_core_feature_token',
    hint: null,
  },
  argsz: {
    title: 'Structure too small',
    sentence: ({ least }) => `argsz is below the ${least} bytes of the header.`,
    kernel: 'vfio_pci_core_ioctl',
    hint: null,
  },
  'no-space': {
    title: 'Buffer too small',
    sentence: ({ count, argsz }) =>
      `The answer has ${count === 1 ? 'one entry' : `${count} entries`} and takes ${argsz} bytes. The header was written; its flags mean nothing.`,
    kernel: 'vfio_pci_ioctl_get_pci_hot_reset_info',
    hint: 'Ask again with that argsz.',
  },
  flags: {
    title: 'Unknown flag',
    sentence: () => 'A flag is set that the kernel does not know.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset, vfio_df_ioctl_bind_iommufd',
    hint: null,
  },
  mode: {
    title: 'Wrong kind of proof',
    sentence: ({ via }) =>
      via === 'group'
        ? 'Whoever opened the function through its group must pass group files.'
        : 'Whoever opened the function as a device file must pass an empty array: the context is the proof.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset',
    hint: null,
  },
  'empty-array': {
    title: 'Empty array',
    sentence: () => 'No group file is passed, and there is no other proof.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset_groups',
    hint: null,
  },
  array: {
    title: 'Too many files',
    sentence: ({ count, most }) =>
      `${count} files are passed, but the reset affects ${most === 1 ? 'one function' : `${most} functions`} only. That is checked before ownership.`,
    kernel: 'vfio_pci_ioctl_pci_hot_reset_groups',
    hint: 'Pass each group file once, and only those of the dev_set.',
  },
  'group-not-owned': {
    title: 'Group not passed',
    sentence: ({ address, group }) =>
      group === null
        ? `${address} is in the dev_set and has no group whose file could be passed.`
        : `${address} is in the dev_set, and the file of its group ${group} is not passed.`,
    kernel: 'vfio_pci_dev_set_hot_reset, vfio_pci_validate_devs',
    hint: 'Pass that group file too.',
  },
  'other-context': {
    title: 'Open elsewhere',
    sentence: ({ address, actor }) =>
      `${address} would be reset too, and ${actor} has it open outside the caller’s context.`,
    kernel: 'vfio_iommufd_get_dev_id',
    hint: 'Bind all of it to one context.',
  },
  'not-in-context': {
    title: 'Not in the context',
    sentence: ({ address, group }) =>
      group === null
        ? `${address} would be reset too, and it is not bound to the caller’s context.`
        : `${address} would be reset too, and nothing of its group ${group} is bound to the caller’s context.`,
    kernel: 'vfio_iommufd_get_dev_id',
    hint: 'Bind it, or another function of its group, to the same context.',
  },
  'device-not-passed': {
    title: 'Device not passed',
    sentence: ({ address }) => `${address} is open, and its device fd is not passed.`,
    kernel: null,
    hint: null,
  },
  claimed: {
    title: 'Reset group claimed',
    sentence: ({ address, actor }) =>
      `${actor} has claimed the reset group of ${address}: nobody else may open any of it, now or later.`,
    kernel: null,
    hint: null,
  },
  'claimed-noiommu': {
    title: 'Claimed, and no context to compare',
    sentence: ({ address }) =>
      `${address} of the same reset group is open. In no-IOMMU mode there is no context to compare, so a claim leaves room for one open function.`,
    kernel: null,
    hint: null,
  },
  'not-claimed': {
    title: 'Not claimed',
    sentence: ({ address }) =>
      `The caller’s context has not claimed the reset group of ${address}.`,
    kernel: null,
    hint: 'Claim it when binding.',
  },
  'claim-unknown': {
    title: 'No such flag',
    sentence: () => 'No kernel knows the flag that claims a reset group: it was only proposed.',
    kernel: 'vfio_df_ioctl_bind_iommufd',
    hint: 'Play the scenario under a policy: --policy reset-group-claim, or --policy all.',
  },
  'no-function-reset': {
    title: 'No reset of its own',
    sentence: ({ address }) => `${address} has no reset that acts on it alone.`,
    kernel: 'vfio_pci_ioctl_reset',
    hint: 'A hot reset may still be possible.',
  },
} as const satisfies WordTable<ByKind<StepReason>, StepWords>
