import type { KernelChange } from '../kernel/kernel-change.js'

/** Rules of VFIO and of hotplug that releases differ in (`docs/reference/hot-reset.md#releases`). */
export const KERNEL_RULES = {
  devSets: rule('HOT_RESET asks the dev_set', '5.15', {}, 'vfio_pci_core.c of 5.10 and 6.1'),
  /** The file in sysfs, and with it the order of methods that root can change. */
  resetMethodFile: rule('functions have a reset_method', '5.15', {}, 'pci.c of 5.10 and 6.1'),
  dmaOwnership: rule(
    'SET_CONTAINER claims the DMA of the group, and a bare group file will do',
    '5.19',
    {},
    'vfio.c and group.c of 5.10, 6.1 and 6.12',
  ),
  vfioDev: rule('registered functions have a vfio-dev folder', '6.1', {}, 'vfio_main.c'),
  iommufd: rule('there is an iommufd', '6.2', {}, 'drivers/iommu/iommufd'),
  cdev: rule('there are device cdevs', '6.6', {}, 'device_cdev.c, vfio_pci_core.c of 6.6'),
  /** "vfio/pci: Collect hot-reset devices to local buffer"; which release of June 2024 took it is not known. */
  infoAtOnce: rule(
    'INFO collects its entries before it writes them',
    '6.10',
    {
      '6.6': { without: 32, with: 37 },
      '6.7': 'never',
      '6.8': { without: 11, with: 13 },
      '6.9': { without: 3, with: 8 },
    },
    'stable releases of June 2024',
  ),
  /** "vfio/pci: Do vf_token checks for VFIO_DEVICE_BIND_IOMMUFD". */
  bindAsksToken: rule(
    'BIND asks for the token of a VF',
    '6.17',
    { '6.6': 'never', '6.12': 'never', '6.16': 1 },
    'device_cdev.c of 6.6, 6.12 and 7.3',
  ),
  /** 2f03f21fe751. */
  bindTakesToken: rule(
    'BIND takes a VF token',
    '6.19',
    { '6.16': { without: 0 }, '6.17': { without: 0 }, '6.18': {} },
    'device_cdev.c of 6.17 and 7.2',
  ),
  /** e908f58b6beb "vfio/pci: Separate SR-IOV VF dev_set". */
  vfSplit: rule(
    'each VF has a dev_set of its own',
    '6.17',
    {
      '5.10': 'never',
      '5.15': 'never',
      '6.1': 148,
      '6.6': 102,
      '6.12': 42,
      '6.15': 10,
      '6.16': 1,
    },
    'changelogs of the stable releases and of Debian; 6.15.10 by its date; asked of 6.1, 6.8, 6.12, 6.17 and later',
  ),
  /** "vfio: Fix unbalanced vfio_df_close call in no-iommu mode"; it was broken since cdevs came. */
  noiommuOnIommufd: rule(
    'a noiommu function that was opened through its group works on an iommufd',
    '6.17',
    {
      '6.2': {},
      '6.3': {},
      '6.4': {},
      '6.5': {},
      '6.6': 102,
      '6.12': 42,
      '6.15': 10,
      '6.16': 1,
    },
    'group.c of 6.12, 6.16-rc6 and 7.1; asked of 6.8 and 6.12.117',
  ),
  /** 102c8b26b54e "PCI: Allow all bus devices to use the same slot". No stable line took it. */
  wideSlots: rule(
    'pciehp slots cover the whole bus',
    '7.1',
    {},
    'pciehp_core.c of 5.10.262, 6.1.192, 6.12.118, 7.1 and 7.3; asked of eight releases on both sides',
  ),
  /** da995d538d3a "s390/pci: implement reset_slot for hotplug slot", of the merge window after 5.15. */
  zpciReset: rule(
    'the slots of s390 can be reset',
    '5.16',
    {},
    's390_pci_hpc.c of 5.10 and 6.1; the mails about it of September 2021',
  ),
  /** "PCI: Allow per function PCI slots"; before, the slot whose number is the device number has all functions of it. */
  functionSlots: {
    ...rule(
      'each function of s390 is in a slot of its own',
      '7.2',
      { '6.1': 191, '6.12': 112 },
      'slot.c of 5.10, 6.1.192, 6.12.118 and 7.2; changelogs of Debian',
    ),
    part: 'quirk',
  },
  /** 702c1d56c717; before, the probe succeeded and the reset did not. */
  maskedBusUnlisted: rule(
    'reset_method leaves bus out below a CXL port that masks it',
    '7.1',
    {},
    'pci.c of 6.12 and 7.3',
  ),
  noiommuCdev: rule(
    'noiommu functions have cdevs',
    '7.3',
    {},
    'drivers/vfio/Kconfig of 7.2 and 7.3',
  ),
  /** bcb81ac6ae3c "iommu: Get DT/ACPI parsing into the proper probe path"; before, `really_probe` parsed them. */
  groupsBeforeBind: rule(
    'functions behind an IOMMU that firmware describes have their groups before a driver is bound',
    '6.15',
    { '6.12': 'never' },
    'the mails about it of February to April 2025; asked of 6.12.118, 6.16.12 and 7.3.4, on x86-64 and arm64',
  ),
  /** Queued for 7.4 with its test "Verify a failed second open preserves the vf_token". */
  tokenAfterOpen: rule(
    'only an open that succeeds sets the token of a PF',
    '7.4',
    {},
    'vfio_pci_core.c of 7.3; linux-next of September 2026',
  ),
} as const satisfies Record<string, KernelChange>

function rule(
  what: string,
  mainline: KernelChange['mainline'],
  stable: KernelChange['stable'],
  source: string,
): KernelChange {
  return { what, mainline, stable, source, part: 'vfio' }
}
