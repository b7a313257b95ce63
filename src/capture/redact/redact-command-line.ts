import { isModuleName } from './plain-names.js'
import { holdsAddress } from './redact-names.js'
import { redactRelease } from './redact-release.js'
import type { Redactor } from './redaction.js'

/*
 * What stands on the kernel's command line stays only where it is on these lists: what a secret looks like cannot be listed.
 * Parameters tell much about isolation, drivers and power (kernel-parameters.txt, dracut.cmdline(7), kernel-command-line(7)).
 */

/** Parameters without a value. */
const FLAGS: ReadonlySet<string> = new Set(
  `
    quiet splash ro rw debug nomodeset nosplash verbose single emergency rescue nofb text noapic nolapic nosmp
    nohz nohibernate noresume noresume nosmt nopti nokaslr kaslr nomce nowatchdog nointremap noiommu nolapic_timer
    no_timer_check no-hlt skew_tick threadirqs nosoftlockup notsc nox2apic nopcid nospectre_v1 nospectre_v2
    mem_encrypt rhgb fips irqpoll noirqdebug pcie_ports_native earlyprintk ignore_loglevel initcall_debug
    boot-live components toram rd.shell rd.debug rd.info rd.break noprompt nofail nousb plymouth.enable
    cgroup_no_v1 unraidsafemode noexec noefi enforcing keep_bootcon
  `
    .trim()
    .split(/\s+/),
)

/** Parameters whose values are plain as far as their words are. Of `module.parameter` the module decides for the first list. */
const PARAMETERS: ReadonlySet<string> = new Set(
  `
    amd_iommu amd_iommu_intr amd_pstate apparmor arm-smmu arm-smmu-v3 arm_smmu audit clocksource cgroup_no_v1 console
    consoleblank cpuidle.off crashkernel default_hugepagesz efi earlycon earlyprintk fbcon fips hugepages
    hugepagesz idle initcall_blacklist intel_idle intel_idle.max_cstate intel_iommu intel_pstate intremap iomem iommu
    iommu.forcedac iommu.passthrough iommu.strict ioapic irqaffinity isolcpus kvm kvm-amd kvm-intel kvm_amd
    kvm_intel kthread_cpus libata loglevel log_buf_len lsm maxcpus mce mem memmap mitigations movablecore net.ifnames
    nmi_watchdog nohz nohz_full noiommu nvme nvme_core nvme_core.default_ps_max_latency_us panic pci pci_aspm
    pcie_acs_override pcie_aspm pcie_aspm.policy pcie_port_pm pcie_ports pciehp possible_cpus preempt printk.devkmsg
    processor.max_cstate psi rcu_nocbs rcu_nocb_poll reboot rd.auto rd.driver.blacklist rd.driver.pre rd.driver.post
    rd.md rd.lvm rd.dm rd.plymouth rd.shell rd.udev.log_level rd.systemd.show_status resume_offset rootdelay rootfstype
    rootwait security selinux split_lock_detect spectre_v2 swapaccount swiotlb systemd.show_status systemd.unit
    systemd.unified_cgroup_hierarchy systemd.log_level systemd.default_timeout_start_sec transparent_hugepage tsc
    usbcore.autosuspend vfio vfio-pci vfio_iommu_type1 vfio_pci vga video vt zswap.enabled zfs.zfs_arc_max
    modprobe.blacklist module_blacklist biosdevname elevator nvidia-drm.modeset nvidia i915 amdgpu nouveau radeon xe
    snd_hda_intel xhci_hcd igb ixgbe i40e ice mlx5_core hv pnp acpi acpi_osi acpi_enforce_resources pm_async
    udev.log_level udev.log_priority usb-storage.quirks watchdog x2apic_phys apic
  `
    .trim()
    .split(/\s+/),
)

/** Further names that tell nothing of one host, as opposed to their values. */
const NAMES: ReadonlySet<string> = new Set(
  `
    BOOT_IMAGE root rootflags rootfs real_root resume init initrd ip nameserver netroot nfsroot nfsaddrs ifname vlan bond
    team bridge bootdev hostname domain biosdevname mac ks boot preseed url locale keymap vconsole.keymap vconsole.font
    locale.LANG cryptdevice cryptkey cryptroot cryptopts crypto luks.uuid luks.name luks.key luks.options
    rd.luks rd.luks.uuid rd.luks.name rd.luks.key rd.luks.options rd.luks.crypttab rd.lvm.lv rd.lvm.vg rd.md.uuid
    rd.dm.uuid rd.iscsi.initiator rd.iscsi.target.name rd.iscsi.target.ip rd.iscsi.username rd.iscsi.password
    rd.zfcp rd.znet rd.dasd rd.nvmf.hostnqn rd.nvmf.hostid rd.nvmf.discover rd.neednet rd.net.timeout.dhcp rd.route
    rd.peerdns rd.vlan rd.cmdline rd.retry rd.timeout rd.live.image rd.live.dir rd.live.overlay rd.writable.fsimg rd.break
    iscsi_initiator iscsi_target_name iscsi_target_ip systemd.machine_id systemd.mount-extra systemd.random_seed
    systemd.hostname systemd.wants systemd.mask systemd.setenv systemd.set_credential systemd.swap systemd.volatile
    systemd.run systemd.firstboot systemd.verity_root_data systemd.verity_root_hash roothash usrhash
    zfs bootfs spl_hostid spl.spl_hostid rpool ostree subvol memtest86 dolvm domdadm scandelay
    inst.repo inst.ks inst.stage2 inst.text inst.vnc netcfg tftp fsck.mode fsck.repair ds cloud-init unraidlabel
    pci-stub.ids pci_stub.ids xen-pciback.hide xen-pciback.permissive pciback.hide dom0_mem iommu.prefer_amd
    drm.edid_firmware drm_kms_helper.edid_firmware firmware_class.path module.sig_enforce lockdown page_poison
    slab_nomerge init_on_alloc init_on_free randomize_kstack_offset vsyscall debugfs oops l1tf mds tsx kexec_load_disabled
    ramdisk_size max_loop loop.max_part bootdegraded cma numa_balancing numa nr_cpus acpi_backlight sysrq_always_enabled
  `
    .trim()
    .split(/\s+/),
)

/** Values that are names of modules. */
const MODULE_LISTS: ReadonlySet<string> = new Set([
  'modprobe.blacklist',
  'module_blacklist',
  'rd.driver.blacklist',
  'rd.driver.pre',
  'rd.driver.post',
])

/** Words of values, beside numbers and addresses. */
const VALUE_WORDS: ReadonlySet<string> = new Set(
  `
    on off yes no y n true false auto none force pt nopt strict lazy soft fullflush sm_on sm_off igfx_off
    igfx_only tboot_noforce forcedac relax_isolation nobounce merge nomerge passthrough default
    downstream multifunction id ids disable_acs_redir config_acs realloc noaer nomsi noacpi noats nocrs use_crs
    nommconf conf1 conf2 nobios bios bfsort nobfsort assign-busses big_root_window hpmmiosize hpiosize hpbussize
    hpmmioprefsize hpmemsize resource_alignment pcie_bus_tune_off pcie_bus_safe pcie_bus_perf pcie_bus_peer2peer
    pcie_scan_all earlydump skip_isa_align cbiosize cbmemsize ecrc bypass pcie_bus noari
    performance powersave powersupersave policy native compat dpc-native
    hardware hdmi dp hpd vgacon efifb vesafb simplefb simpledrm astdevice normal current ask
    uart uart8250 io mmio mmio32 pl011 hvc sbi keep efi ttynull
    nosmt nospec mitigations full eager madvise always never defer within_size advise
    managed_irq domain nohz isolcpus deadline noop bfq kyber mq-deadline
    yama integrity lockdown landlock loadpin safesetid ima bpf apparmor selinux tomoyo capability smack enforcing
    permissive voluntary lazy mitigate ibrs retpoline retbleed
    multi-user.target graphical.target rescue.target emergency.target default.target
    reliable unstable nowatchdog tsc hpet acpi_pm jiffies
    ext2 ext3 ext4 xfs btrfs zfs f2fs squashfs tmpfs nfs overlay
    modeset fbdev enable_guc enable_fbc enable_psr enable_gvt disable_idle_d3 disable_vga nointxmask disable_denylist
    enable_sriov allow_unsafe_interrupts enable_unsafe_noiommu_mode nested ept npt avic ignore_msrs report_ignored_msrs
    enable_apicv unrestricted_guest max_vfs probe_vf num_vfs power_save dpm aspm runpm io_timeout poll_queues
    poll_mode active passive guided disable no_hwp hwp_only warm cold bios triple kbd acpi pci efi reboot
    error warning info debug notice err crit high low
  `
    .trim()
    .split(/\s+/),
)

const NUMBER =
  /^-?(?:0x[0-9a-f]{1,10}|\d{1,8}(?:\.\d{1,4})?[kmgtp]?b?(?:n\d)?|[0-9a-f]{1,4}(?:\.[0-7])?)$/i
const TERMINAL = /^(?:tty|ttyS|ttyAMA|ttyUSB|hvc|ttynull|netcon)\d{0,3}$/
const CONNECTOR = /^(?:e?DP|HDMI(?:-A)?|DVI(?:-[AID])?|VGA|LVDS)-\d{1,2}$/
const SCREEN = /^\d{2,5}x\d{2,5}(?:[A-Z]{0,3})$/

/** Where a boot loader finds the kernel: its place and a file that distributions name so. */
const KERNEL =
  /^((?:\(hd\d{1,2}(?:,(?:gpt|msdos)\d{1,3})?\))?\/?(?:boot\/)?(?:vmlinu[xz]|bzImage|Image|kernel|linux)(?:-linux)?)(?:-([^\s/]{1,64}))?$/

/** One word of the command line; blanks inside double quotes belong to it. */
const WORD = /(?:"[^"]*"|[^\s"])+/g

/** The kernel's command line with everything replaced that is not known to be plain; what follows `--` is for init. */
export function redactCommandLine(text: string, redactor: Redactor): string {
  let isForInit = false
  return text.replace(WORD, (word) => {
    if (isForInit) return replaced(word, redactor)
    if (word === '--') isForInit = true
    return redactWord(word, redactor)
  })
}

function redactWord(word: string, redactor: Redactor): string {
  const at = word.indexOf('=')
  if (at < 0) return FLAGS.has(word) || word === '--' ? word : replaced(word, redactor)
  const key = word.slice(0, at)
  const value = word.slice(at + 1)
  const isKnown = NAMES.has(key) || isPlainParameter(key)
  // What somebody called something stands before an equals sign too.
  if (!isKnown) return replaced(word, redactor)
  if (key === 'BOOT_IMAGE') return `${key}=${bootImage(value, redactor)}`
  const isPlain = value === '' || (isPlainParameter(key) && isPlainValue(key, value))
  return isPlain ? word : `${key}=${replaced(value, redactor)}`
}

function replaced(text: string, redactor: Redactor): string {
  return redactor.replace('command-line', text)
}

/** A parameter on the list, or any parameter of a module on the list; those that tell of secrets are on no list. */
function isPlainParameter(key: string): boolean {
  if (PARAMETERS.has(key)) return true
  const [module = '', ...parameter] = key.split('.')
  return (
    parameter.length === 1 &&
    !module.startsWith('rd') &&
    !SHARED.has(module) &&
    PARAMETERS.has(module) &&
    /^[a-z0-9_-]{1,40}$/.test(parameter.join(''))
  )
}

/** Prefixes of more than a driver's own parameters. */
const SHARED: ReadonlySet<string> = new Set(['audit', 'efi', 'net', 'systemd', 'security'])

function isPlainValue(key: string, value: string): boolean {
  if (MODULE_LISTS.has(key)) return value.split(',').every(isModuleName)
  return !holdsAddress(value) && value.split(/[,;:|@=/]/).every(isPlainWord)
}

function isPlainWord(word: string): boolean {
  const isNumber = word.split(/[-+]/).every((part) => part === '' || NUMBER.test(part))
  const isForm = [TERMINAL, CONNECTOR, SCREEN].some((form) => form.test(word))
  return isNumber || isForm || VALUE_WORDS.has(word.toLowerCase())
}

function bootImage(image: string, redactor: Redactor): string {
  const [, place, release] = KERNEL.exec(image) ?? []
  if (place === undefined) return replaced(image, redactor)
  return release === undefined ? place : `${place}-${redactRelease(release, redactor)}`
}
