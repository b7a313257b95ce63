import { NEED_WORDS } from '../../host/need-words.js'
import { tellIsolation } from '../../iommu/finding-words.js'
import { loadCommand } from '../../plan/report/commands.js'
import { vmName } from '../../plan/report/step-words.js'
import { counted } from '../../text/english.js'
import type { ByKind, Words, WordTable } from '../../text/word-table.js'
import type { StartReason } from '../reason.js'
import { RESET_WORDS } from './reset-words.js'

/** Words for every fact that only a start of a VM meets; what the policies say already has its own (`tellReason`). */
export const START_WORDS = {
  'no-such-function': {
    title: 'not on this host',
    sentence: ({ address }) => `${address} is not on this host.`,
    hint: 'Addresses change when cards are added or moved: `vfio-reset inspect` lists what there is.',
  },
  dead: {
    title: 'does not answer',
    sentence: ({ address }) =>
      `${address} does not answer: its configuration space reads as all ones.`,
    hint: 'No reset of VFIO is sure to bring it back; often only a power cycle does.',
  },
  asleep: {
    title: 'asleep',
    sentence: ({ address, power }) =>
      `${address} is asleep${power === null ? '' : ` (${power})`} and was not woken, so it is unknown whether it answers.`,
    hint: 'With --wake it is asked, as the start of the VM will do anyway.',
  },
  d3cold: {
    title: 'power is off',
    sentence: ({ address, stays }) =>
      `${address} is in D3cold: its power is off${stays === true ? ', although d3cold_allowed is 0' : ''}. If it does not come back ("unable to change power state"), that is a matter of power or link, not of ownership or reset.`,
    hint: 'With --wake it is asked; `echo 0 > d3cold_allowed` in its sysfs folder keeps the power on from then on.',
  },
  'link-down': {
    title: 'link is down',
    sentence: ({ address, port, cut }) =>
      `The link from ${port} to ${address} is down${cut ? ', cut after an error (DPC)' : ''}: that is a matter of power or connection, not of ownership.`,
    hint: 'Look into the kernel log (dmesg) for the port.',
  },
  denied: {
    title: 'on the denylist of vfio-pci',
    sentence: ({ address, what }) =>
      `vfio-pci does not bind to ${address}: it is on its denylist (${what}).`,
    hint: 'Its parameter disable_denylist=1 overrules it, for guests that you trust.',
  },
  'not-an-endpoint': {
    title: 'a bridge',
    sentence: ({ address, header }) =>
      `${address} is a ${header === 'cardbus' ? 'CardBus bridge' : 'bridge'}, and vfio-pci does not bind to bridges.`,
    hint: 'Give the functions below it instead; the bridge itself can keep its driver.',
  },
  bound: {
    title: 'bound to vfio',
    sentence: ({ address, driver }) => `${address} is bound to ${driver ?? 'a vfio driver'}.`,
    hint: null,
  },
  'bound-at-start': {
    title: 'bound at the start',
    sentence: ({ address, driver }) =>
      driver === null
        ? `${address} is bound to vfio-pci when the VM starts.`
        : `${address} is bound to ${driver} now, and to vfio-pci when the VM starts.`,
    hint: null,
  },
  'binding-unseen': {
    title: 'binding unknown',
    sentence: ({ address, driver }) =>
      `${address} ${driver === null ? 'has no driver' : `is bound to ${driver}`} now. Whether it is bound to vfio-pci when the VM starts, was not told: libvirt does so with managed='yes', Proxmox unless driver= is another than vfio.`,
    hint: 'Ask with the description: `virsh dumpxml NAME | vfio-reset preflight --vm -`, or --vm /etc/pve/qemu-server/VMID.conf.',
  },
  'not-on-vfio': {
    title: 'not bound to vfio',
    sentence: ({ address, driver }) =>
      driver === null
        ? `${address} has no driver, and must be bound to vfio-pci.`
        : `${address} is bound to ${driver}, and must be bound to vfio-pci.`,
    hint: null,
  },
  'vfs-lost': {
    title: 'VFs are lost',
    sentence: ({ address, vfs }) =>
      `${counted(vfs.length, 'VF')} of ${address} ${vfs.length === 1 ? 'is' : 'are'} switched off when it leaves its driver.`,
    hint: 'Stop the users of the VFs first.',
  },
  'no-iommu': {
    title: 'no IOMMU',
    sentence: () => 'This host has no active IOMMU, so no function has an IOMMU group.',
    hint: 'On x86 switch it on in the firmware (VT-d, AMD-Vi) and, on Intel, with intel_iommu=on.',
  },
  'fake-group': {
    title: 'no-IOMMU group',
    sentence: ({ address, group }) =>
      `${address} is in ${group === null ? 'a group' : `group ${group}`} of unsafe no-IOMMU mode: no IOMMU translates its DMA, and no VM monitor accepts it.`,
    hint: 'Switch the IOMMU on.',
  },
  'bridge-in-group': {
    title: 'bridge in the group',
    sentence: ({ address, group }) =>
      `The bridge ${address} is in group ${group} too; that is allowed, and it keeps its driver.`,
    hint: null,
  },
  'stranger-in-group': {
    title: 'other function in the group',
    sentence: ({ address, group, driver }) =>
      `${address} is in group ${group} too${driver === null ? ', without a driver' : `, bound to ${driver}`}: nobody else can use it while the VM runs, and its DMA is not kept apart from the VM’s.`,
    hint: 'Give it to the same VM, or leave it unused.',
  },
  'stranger-unread': {
    title: 'other function in the group',
    sentence: ({ address, group }) =>
      `${address} is in group ${group} too (its driver was not read): nobody else can use it while the VM runs, and its DMA is not kept apart from the VM’s.`,
    hint: 'Give it to the same VM, or leave it unused.',
  },
  'taken-along': {
    title: 'taken from the host too',
    sentence: ({ address, group, driver, device }) =>
      `Proxmox takes ${address} from the host too${driver === null ? '' : ` (bound to ${driver})`}: it binds all of group ${group} to vfio-pci.${device === null ? '' : ` The VM does not get it: hostpci names one function, and all of them as ${device} (All Functions).`}`,
    hint: null,
  },
  'taken-denied': {
    title: 'Proxmox cannot bind the group',
    sentence: ({ address, group, what }) =>
      `Proxmox does not start the VM: it binds all of group ${group} to vfio-pci, which does not bind to ${address} (on its denylist: ${what}).`,
    hint: 'Its parameter disable_denylist=1 overrules it, for guests that you trust.',
  },
  'reached-around': {
    title: 'reachable without the IOMMU',
    sentence: ({ address, finding }) =>
      `Others can reach ${address} without passing the IOMMU: ${tellIsolation(finding).sentence}`,
    hint: 'Do not give them to users who distrust each other.',
  },
  'acs-override': {
    title: 'isolation claimed, not real',
    sentence: ({ parameter }) =>
      `The kernel was told to pretend isolation (pcie_acs_override=${parameter}): the group is finer than what the hardware keeps apart.`,
    hint: 'Do not rely on it where users distrust each other.',
  },
  'stale-isolation': {
    title: 'isolation claimed, not real any more',
    sentence: ({ at }) =>
      `ACS was switched off at ${at} after the groups were made: they promise more than the hardware does now.`,
    hint: 'Undo what switched it off, or reboot so that the groups are made again.',
  },
  'acs-parameter': {
    title: 'ACS changed by a parameter',
    sentence: ({ parameter, value }) =>
      `The kernel parameter pci=${parameter}=${value} changes ACS, and the groups differ from what the registers say.`,
    hint: 'See whether isolation is what you want it to be: `vfio-reset inspect` explains each group.',
  },
  'direct-region': {
    title: 'memory reserved by firmware',
    sentence: ({ group, start, end }) =>
      `Firmware requires ${start}-${end} to be mapped 1:1 for group ${group} (RMRR, IVMD), so the kernel gives the group to no VM.`,
    hint: 'Look for a firmware setting or update that drops it (HPE: "HP Shared Memory"); nothing in Linux does.',
  },
  'unsafe-noiommu': {
    title: 'unsafe no-IOMMU mode',
    sentence: () =>
      'Unsafe no-IOMMU mode is on; this function has a real group and is not affected by it.',
    hint: 'Switch it off unless something needs it.',
  },
  'no-group-api': {
    title: 'no group files',
    sentence: () => 'This kernel has no group files under /dev/vfio.',
    hint: 'Use iommufd.',
  },
  'vfio-not-loaded': {
    title: 'VFIO not loaded',
    sentence: () => 'VFIO is not loaded yet, so it is unknown which files it will bring.',
    hint: loadCommand('vfio-pci'),
  },
  'interrupts-not-isolated': {
    title: 'interrupts not isolated',
    sentence: ({ parameter }) =>
      `Interrupt remapping is off${parameter === null ? '' : ` (${parameter})`}: the kernel refuses such a function to a VM, since it could forge interrupts.`,
    hint: 'Switch remapping on (x2APIC, VT-d or AMD-Vi in the firmware; no intremap=off).',
  },
  'unsafe-interrupts-allowed': {
    title: 'unsafe interrupts allowed',
    sentence: () =>
      'allow_unsafe_interrupts is on: the VM starts, and its functions can forge interrupts of the host.',
    hint: 'Switch it off where interrupt remapping works.',
  },
  held: {
    title: 'in use',
    sentence: ({ address, pid, command, file }) =>
      `${command === '' ? 'A process' : command} (pid ${pid}) has ${file === '' ? 'it' : file} open, which ${address} needs.`,
    hint: 'If that is this very VM, it already runs.',
  },
  'open-unseen': {
    title: 'open somewhere',
    sentence: ({ address, count }) =>
      `${address} is enabled ${count} ${count === 1 ? 'time' : 'times'}, so somebody seems to have it open, but nobody was seen.`,
    hint: 'Run it as root, outside of containers.',
  },
  'token-missing': {
    title: 'VF token missing',
    sentence: ({ address, pf }) =>
      `${address} is a VF of ${pf}, which is bound to vfio-pci: it opens only with the token that the user of ${pf} has set.`,
    hint: 'QEMU takes it as vf-token=UUID.',
  },
  'token-given': {
    title: 'VF token given',
    sentence: ({ address, pf }) =>
      `${address} opens if its token is the one that the user of ${pf} has set; that cannot be seen from here.`,
    hint: null,
  },
  'token-superfluous': {
    title: 'VF token not wanted',
    sentence: ({ address }) =>
      `${address} is given a VF token, but its PF is not bound to vfio-pci: the open is refused (EINVAL).`,
    hint: 'Leave the token out.',
  },
  'host-needs': {
    title: 'needed by the host',
    sentence: ({ address, need, detail, wanted }) =>
      `${address} ${NEED_WORDS[need].does} (${detail})${wanted ? '' : ', and it shares a group or a reset with the VM’s functions'}.`,
    hint: null,
  },
  ...RESET_WORDS,
  'opened-otherwise': {
    title: 'opened in another way',
    sentence: ({ address, way }) =>
      `The VM opens ${address} through ${INTERFACE_WORDS[way]}, which does not count for a reset that is asked for in the other way.`,
    hint: 'Open all functions that one reset affects in the same way.',
  },
  'group-in-two-ways': {
    title: 'group opened in two ways',
    sentence: ({ address, group, way }) =>
      `The VM opens ${address} of the same group ${group} through ${INTERFACE_WORDS[way]}: a group takes one way only, and the second is EBUSY.`,
    hint: 'Open all functions of a group in the same way.',
  },
  'mapping-differs': {
    title: 'mapping is out of date',
    sentence: ({ address, mapping, property, stated, actual }) =>
      `The mapping ${mapping} says ${property} ${stated ?? 'of nothing'}, and ${address} has ${actual ?? 'none'}: Proxmox refuses the start.`,
    hint: 'Make the mapping anew in Datacenter, Resource Mappings, after looking whether it is still the same device.',
  },
  'gone-with': {
    title: 'goes with another',
    sentence: ({ address, owner }) =>
      `${address} is there only while ${owner} keeps its driver, and ${owner} is to be bound to vfio-pci too: it goes with it.`,
    hint: 'Give the one or the other: a single VF is named by its own address, without "all functions".',
  },
  'given-twice': {
    title: 'given twice',
    sentence: ({ address, times }) => `${address} is given to the VM ${times} times.`,
    hint: 'Give it once.',
  },
  'in-two-vms': {
    title: 'in two VMs',
    sentence: ({ address, vm }) => `${address} is given to ${vmName(vm)} too.`,
    hint: 'Only one of them can run at a time.',
  },
  'group-in-two-vms': {
    title: 'group in two VMs',
    sentence: ({ address, group, vm }) =>
      `${vmName(vm)} gets ${address} of the same group ${group}, and a group has one user.`,
    hint: 'Give the whole group to one VM.',
  },
  'set-in-two-vms': {
    title: 'reset shared by two VMs',
    sentence: ({ address, vm }) =>
      `${vmName(vm)} gets ${address}, which a hot reset of this function affects too.`,
    hint: 'Give all that is reset together to one VM.',
  },
} as const satisfies WordTable<ByKind<StartReason>, Words>

/** Through what a function is opened. */
export const INTERFACE_WORDS = { group: 'its group file', iommufd: 'iommufd' } as const
