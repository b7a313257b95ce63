import { redactText } from './redact-text.js'
import type { Redactor } from './redaction.js'

/**
 * Parameters of the kernel whose values tell nothing of a user and much about isolation, drivers and power. The value of every
 * other parameter is replaced: what a secret looks like cannot be listed.
 */
const PLAIN: ReadonlySet<string> = new Set(
  `
    amd_iommu amd_iommu_intr apparmor arm-smmu console crashkernel default_hugepagesz efi
    earlyprintk fbcon hugepages hugepagesz intel_idle intel_iommu intremap iommu ioapic irqaffinity
    isolcpus kvm kvm_amd kvm_intel loglevel lsm mce mitigations module_blacklist modprobe nohz_full
    nomodule nvme nvme_core panic pci pci_aspm pcie_acs_override pcie_aspm pcie_port_pm pcie_ports
    pciehp preempt processor psi rcu_nocbs rd reboot selinux split_lock_detect swiotlb systemd
    transparent_hugepage tsc vfio vfio-pci vfio_iommu_type1 vfio_pci vga video vt
  `
    .trim()
    .split(/\s+/),
)

/** Subkeys of plain names that are not plain: where disks are, what unlocks them, who logs in, what reaches the net. */
const SECRET_KEY =
  /luks|uuid|key|pass|secret|token|cred|user|login|host|ip|neigh|net|url|lvm|md|dm|cmdline|setenv|run|unit/i

/** Values that every parameter can have. */
const TRIVIAL = /^(?:|[01yn]|on|off|yes|no|true|false|auto|none)$/i

/** One word of the command line; blanks inside double quotes belong to it. */
const WORD = /(?:[^\s"]|"[^"]*")+/g

/** The kernel's command line with every value replaced that is not known to be harmless; what follows `--` is for init. */
export function redactCommandLine(text: string, redactor: Redactor): string {
  let isForInit = false
  return text.replace(WORD, (word) => {
    if (isForInit) return redactor.replace('command-line', word)
    if (word === '--') isForInit = true
    return redactWord(word, redactor)
  })
}

function redactWord(word: string, redactor: Redactor): string {
  const at = word.indexOf('=')
  if (at < 0) return redactText(word, redactor)
  const key = word.slice(0, at)
  const value = word.slice(at + 1)
  if (key === 'BOOT_IMAGE') return `${key}=${redactText(value, redactor)}`
  if (TRIVIAL.test(value)) return word
  const shown = isPlain(key) ? redactText(value, redactor) : redactor.replace('command-line', value)
  return `${key}=${shown}`
}

/** `module.parameter` is plain by its module. */
function isPlain(key: string): boolean {
  const [name = '', ...parameter] = key.split('.')
  return PLAIN.has(name) && !SECRET_KEY.test(parameter.join('.'))
}
