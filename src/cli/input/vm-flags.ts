import * as Flags from '@oclif/core/flags'
import { policyFlag } from '../flags.js'

/** A flag that names files in which VMs are described. */
function inputFlag(summary: string) {
  return Flags.string({ helpValue: 'FILE', summary, multiple: true, multipleNonGreedy: true })
}

function viaFlag(summary: string) {
  return Flags.option({
    summary,
    options: ['group', 'iommufd', 'auto'] as const,
    default: 'auto',
  })()
}

const mappingFlag = Flags.string({
  helpValue: 'FILE',
  summary: 'resource mappings of Proxmox (default: etc/pve/mapping/pci.cfg of the host)',
})

/** Which VMs are checked, how they get their functions, and what is said of what helps. */
export const vmFlags = {
  vm: vmFlag('any description, whose format is recognised'),
  libvirt: vmFlag('a libvirt domain XML'),
  qemu: vmFlag('a QEMU command line'),
  proxmox: vmFlag('a Proxmox VM configuration'),
  'cloud-hypervisor': vmFlag('a Cloud Hypervisor command line'),
  'pve-mapping': mappingFlag,
  managed: Flags.boolean({
    summary: 'whoever starts the VM binds DEVICE to vfio-pci (as libvirt’s managed=yes)',
  }),
  via: viaFlag('how the VM opens its functions (default: as its description says, else group)'),
  policy: policyFlag(
    'judge hot resets by this policy (default: what the kernel does for that interface)',
  ),
  'require-within-group': Flags.boolean({
    summary: 'fail where a hot reset reaches beyond the function’s IOMMU group',
  }),
  unknown: Flags.option({
    summary: 'exit 0 or 1 instead of 3 where the answer is unknown; for hooks',
    options: ['allow', 'deny'] as const,
  })(),
  plan: Flags.boolean({ summary: 'print the plan as a script and nothing else' }),
  'plan-style': Flags.option({
    summary: 'write plans for this tool (default: virsh for libvirt domains, else sysfs)',
    options: ['sysfs', 'driverctl', 'virsh'] as const,
  })(),
}

function vmFlag(what: string) {
  return inputFlag(`check the VM of ${what} (repeatable; - is standard input)`)
}

/** Which VM a hook checks, beside the words of its caller, and what it refuses. */
export const hookFlags = {
  unknown: Flags.option({
    summary: 'what happens to a VM when the answer is unknown, or something goes wrong here',
    options: ['allow', 'deny'] as const,
    default: 'allow',
  })(),
  'only-start': Flags.boolean({
    summary:
      'refuse only what could not start; an impossible reset is reported, and lets the VM start',
  }),
  via: viaFlag('interface (default: as the VM’s description says)'),
  config: Flags.string({
    helpValue: 'FILE',
    summary: 'proxmox: this file instead of /etc/pve/qemu-server/VMID.conf',
  }),
  vm: inputFlag('systemd: a description, whose format is recognised'),
  'pve-mapping': mappingFlag,
  libvirt: inputFlag('systemd: a domain'),
  qemu: inputFlag('systemd: a command line'),
  'cloud-hypervisor': inputFlag('systemd: a command line'),
  'print-install': Flags.boolean({ summary: 'show the files of the hooks and where they go' }),
}
