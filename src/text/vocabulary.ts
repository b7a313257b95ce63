/** One thing, and the one word for it in text, help, JSON and docs. */
export interface Term {
  readonly term: string
  /** What it is, in a sentence or two. */
  readonly means: string
}

/** The vocabulary, in the order in which a newcomer meets it: things, resets, who has them, answers. */
export const VOCABULARY: readonly Term[] = [
  {
    term: 'function',
    means:
      'One PCI function, such as 65:00.0: what a driver binds to and what a VM is given. A card often has several (graphics, audio, USB). DEVICE on the command line names one or more of them.',
  },
  {
    term: 'VM',
    means:
      'Whoever opens functions through VFIO: a virtual machine, or any other process (DPDK, SPDK). The kernel sees open files, not machines. Where it matters that it need not be a VM, text says *user*.',
  },
  {
    term: 'bound to',
    means:
      'A driver has the function. Only a function bound to vfio-pci (or a variant of it) can be opened through VFIO. Any other driver is a *native* driver.',
  },
  {
    term: 'IOMMU group',
    means:
      'The functions whose DMA the IOMMU cannot keep apart. The kernel gives a group to one user at a time.',
  },
  {
    term: 'viable',
    means:
      'No member of the IOMMU group is bound to a native driver. A group that is not viable does not open. A member without a driver is fine.',
  },
  {
    term: 'ACS',
    means:
      'Access Control Services: registers of ports which keep requests from going sideways, from function to function past the IOMMU. Without it groups grow.',
  },
  {
    term: 'group interface',
    means:
      'The older way to open a function: the group file `/dev/vfio/14` in a container. Its rule for hot resets is the policy `group-fds`.',
  },
  {
    term: 'device file',
    means: 'The newer way (cdev, since Linux 6.6): `/dev/vfio/devices/vfio3`, bound to an iommufd.',
  },
  {
    term: 'iommufd',
    means:
      'An open `/dev/iommu`, and what it stands for: the context in which a user’s device files are bound. Also the policy by which hot resets of such functions are judged.',
  },
  {
    term: 'hot reset',
    means:
      'A reset of a bus or slot that a user asks VFIO for (`VFIO_DEVICE_PCI_HOT_RESET`). It affects every function there.',
  },
  {
    term: 'affects',
    means: 'A reset affects a function if the function is reset by it, whoever has it.',
  },
  {
    term: 'reset set',
    means:
      'All functions that one hot reset affects. Every one of them must be bound to vfio-pci before the kernel does it; having no driver is not enough.',
  },
  {
    term: 'dev_set',
    means:
      'The kernel’s own name (`struct vfio_device_set`) for the functions that are bound to VFIO drivers and are reset together.',
  },
  {
    term: 'own reset',
    means:
      'A reset that affects one function only. The start of a VM uses it where there is one; then a refused hot reset is harmless.',
  },
  {
    term: 'FLR',
    means: 'Function Level Reset, the best own reset: `flr` in `reset_method`.',
  },
  { term: 'PF, VF', means: 'A physical function, and a virtual function that it made (SR-IOV).' },
  {
    term: 'no-IOMMU mode',
    means:
      'VFIO without an IOMMU (`enable_unsafe_noiommu_mode`): a group for each function, and no protection of memory.',
  },
  {
    term: 'policy',
    means:
      'A rule about whose word counts for a hot reset: two that kernels have (`group-fds`, `iommufd`), and those that were argued over. `vfio-reset policies` lists them.',
  },
  {
    term: 'permitted',
    means: 'The kernel does what is asked.',
  },
  {
    term: 'refused',
    means: 'The kernel answers with an errno, and nothing is reset.',
  },
  {
    term: 'harmless',
    means: 'Refused, and it does not matter: the function has a reset of its own.',
  },
  {
    term: 'unknown',
    means:
      'Not read, so that the answer may be either. The file that would settle it is named. It is never taken for yes or no; in JSON `undetermined`, `cannot-tell` or `{"unknown": …}`.',
  },
  {
    term: 'predicted',
    means: 'Worked out from the kernel’s rules, not asked of a kernel.',
  },
  {
    term: 'as if',
    means: 'An answer about a change that nobody made: “once 65:00.1 is bound to vfio-pci”.',
  },
  {
    term: 'capture',
    means: 'A copy of what is read of a host, in one file, for `--capture` elsewhere.',
  },
]
