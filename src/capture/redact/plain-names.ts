/*
 * What the kernel calls its own things: the same on every host, so that it tells nothing of one. Everything else in a path,
 * an attribute or a list is somebody's name, and is replaced in a redacted capture.
 */

/** Names of files, folders and states, and the keys and words of the lists in procfs. */
const NAMES: ReadonlySet<string> = new Set(
  `
    sys proc dev bus devices drivers class kernel module modules fs block net nvme nvme-subsystem nvme-fabrics
    drm infiniband sound ieee80211 scsi_host tty console active virtual platform system pci pci_bus pci_express pciehp
    slots slot iommu iommu_groups iommu_group vfio vfio-dev noiommu iommufd btrfs zfs xfs ext4 mapper disk self
    by-id by-path by-label by-uuid by-partuuid by-partlabel by-diskseq
    holders slaves parameters sections notes power input leds usb scsi ata mmc md dm bridge bonding brif brport
    master lower upper partition removable size ro stat queue device subsystem subsystem_device subsystem_vendor
    vendor class config config_rom rom uevent driver driver_override modalias revision resource irq enable label
    acpi_index index physfn firmware_node physical_node of_node numa_node local_cpus local_cpulist msi_bus msi_irqs
    remove rescan reset reset_method reset_subordinate power_state d3cold_allowed boot_vga broken_parity_status
    dma_mask_bits consistent_dma_mask_bits ari_enabled link current_link_speed current_link_width max_link_speed
    max_link_width cur_bus_speed max_bus_speed secondary_bus_number subordinate_bus_number
    aer_dev_correctable aer_dev_fatal aer_dev_nonfatal aer_rootport_total_err_cor
    aer_rootport_total_err_fatal aer_rootport_total_err_nonfatal aer_stats
    sriov_totalvfs sriov_numvfs sriov_vf_total_msix sriov_vf_msix_count sriov_offset sriov_stride sriov_vf_device sriov_drivers_autoprobe
    sriov_vf_total_msix serial_number serial vpd mdev_supported_types doe_features tsm hwmon i2c ptp
    address attention latch adapter test cur_bus max_bus phys_switch_id phys_port_id phys_port_name operstate
    l0s_aspm l1_aspm l1_1_aspm l1_2_aspm l1_1_pcipm l1_2_pcipm clkpm pools suppliers waiting_for_supplier nvmem pps edac
    graphics backlight thermal accel uio dax cxl fpga ntb mei gpio firmware auxiliary wakeup devspec consumers
    carrier flags ifindex iflink mtu type name uuid state transport model firmware_rev cntlid subsysnqn nsid
    bind unbind new_id remove_id module version runtime_status runtime_usage control autosuspend_delay_ms
    reserved_regions bridges cpuinfo cmdline version mounts mountinfo swaps route ipv6_route fib_trie
    fib_triestat pppoe spl kstat virtio-ports ipmi netconsole dev_name tun_flags ctl
    interrupts osrelease hostname arch comm fd fdinfo tcp tcp6 modules filesystems partitions
    allow_unsafe_interrupts enable_unsafe_noiommu_mode
    enable_sriov disable_idle_d3 ids disable_vga nointxmask disable_denylist
    backing_dev backing_file loop dev cap_status dmi id lost+found pve mapping pci.cfg
    libvirt qemu networks default

    boot efi root home srv var lib usr opt mnt media tmp run etc swap swapfile swapfile2 grub esp EFI
    rw ro rootfs tmpfs ramfs devtmpfs sysfs procfs securityfs cgroup2 overlay nfs nfs4 cifs smb3 ext2 ext3 f2fs vfat
    msdos ntfs ntfs3 squashfs erofs iso9660 bcachefs ceph fuse fuse.sshfs virtiofs 9p autofs jfs reiserfs
    fuseblk exfat udf hfsplus lustre glusterfs afs beegfs fuse.glusterfs fuse.ceph fuse.s3fs fuse.rclone
    noatime relatime nodiratime nosuid nodev noexec strictatime lazytime seclabel errors remount-ro discard
    compress zstd lzo space_cache v2 ssd subvol subvolid shared propagate_from lowerdir upperdir workdir addr
    clientaddr vers username domain sec password user file zram
    Filename Type Size Used Priority Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
    Id Prefixes Main Local Address Device vrf vxlan geneve macsec wireguard ppp veth
    CPU0 Sysfs Handlers EV S H B kbd sysrq rfkill mouse leds event

    Y N DMA DMA-FQ DMA-LAZY identity blocked auto unmanaged unknown none direct direct-relaxable msi reserved
    D0 D1 D2 D3hot D3cold error suspended resuming suspending unsupported on off
    flr af_flr pm device_specific acpi cxl_bus up down dormant pcie rdma fc
    x86_64 aarch64 arm64 riscv64 ppc64le s390x i686 loongarch64
    vfio-noiommu vfio-device anon_inode lo

    DRIVER PCI_CLASS PCI_ID PCI_SUBSYS_ID PCI_SLOT_NAME MODALIAS DEVNAME DEVTYPE MAJOR MINOR PARTN PARTNAME
    PARTUUID DISKSEQ INTERFACE IFINDEX vfio-device-syspath
  `
    .trim()
    .split(/\s+/),
)

/** Names that are numbered, and numbers: of functions, buses, disks, interfaces, terminals, IOMMUs, interrupt chips. */
const FORMS: readonly RegExp[] = [
  /^[-*+]$/,
  /^0{1,32}$/,
  /^-?\d{1,7}$/,
  /^0x[0-9a-f]{1,8}$/i,
  /^\d{1,4}:\d{1,7}$/,
  // Functions, buses, root buses, port services, ids, slots' addresses.
  /^[0-9a-f]{4,8}:[0-9a-f]{2}(?::[0-9a-f]{2}(?:\.[0-7](?::pcie\d{3})?)?)?$/i,
  /^[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i,
  /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/i,
  /^[0-9a-f]{4}:[0-9a-f]{4}$/i,
  /^(?:virtfn|resource|vfio|noiommu-vfio|noiommu-|dmar|ivhd|msi|card|renderD|controlD|hwmon|input|event|mouse|js|usb|ata|host|target|session|connection|ipmi|link|queue|cpu|node)\d{1,5}(?:_wc|_resize)?$/,
  /^(?:shared|master|propagate_from):\d{1,7}$/,
  /^(?:supplier|consumer):pci:[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i,
  // Disks and their parts.
  /^(?:[shv]d[a-z]{1,3}|xvd[a-z]{1,2})\d{0,3}$/,
  /^(?:dm-|md|md_d|loop|zram|ram|nbd|rbd|sr|bcache|drbd|fd)\d{1,5}(?:p\d{1,3})?$/,
  /^nvme(?:-subsys)?\d{1,4}(?:c\d{1,4})?(?:n\d{1,5})?(?:p\d{1,3})?$/,
  /^mmcblk\d{1,2}(?:p\d{1,3}|boot\d|rpmb)?$/,
  /^\d{1,3}:\d{1,3}:\d{1,5}:\d{1,10}$/,
  /^target\d{1,3}:\d{1,3}:\d{1,5}$/,
  // Interfaces, as the kernel and systemd.net-naming-scheme(7) name them.
  /^(?:lower_|upper_)?(?:eth|wlan|wwan|ib|br|bond|team|vmbr|fwbr|fwpr|fwln|virbr|docker|tap|tun|wg|vlan|dummy|ovs-system|bridge|sit|gre|ifb)\d{0,5}(?:\.\d{1,4})?$/,
  /^(?:lower_|upper_)?(?:en|wl|ww|ib|sl)(?:o\d{1,5}|s\d{1,5}|P?\d{0,5}p\d{1,3}s\d{1,3})(?:[a-z]\d{1,5}|n[ps]\d{1,3}|np\d{1,3}s\d{1,3}){0,4}(?:\.\d{1,4})?$/,
  /^(?:mlx[45]|bnxt_re|irdma|i40iw|hfi1|qib|rocep\w{1,8}|ibp\w{1,8})_?\d{1,3}$/,
  // Devices on other buses.
  /^(?:usb)?\d{1,3}-\d{1,3}(?:\.\d{1,3}){0,6}(?::\d{1,3}\.\d{1,3})?$/,
  /^[0-9A-F]{4}:[0-9A-F]{4}:[0-9A-F]{4}\.[0-9A-F]{4}$/,
  /^(?:LNX[A-Z]{5}|PNP[0-9A-F]{4}|ACPI[0-9A-F]{4}|device):[0-9a-f]{2}$/,
  /^pcie\d{3}$/,
  // Terminals, IOMMUs, interrupt chips.
  /^(?:tty|ttyS|ttyAMA|ttyUSB|ttyACM|ttyMSM|ttyPS|hvc|sclp_line|ttysclp|netcon|ttynull)\d{0,3}$/,
  /^(?:arm-smmu(?:-v3)?|smmu3|arm_smmu)[.@-](?:\d{1,4}\.auto|0x[0-9a-f]{1,16}|[0-9a-f]{1,16})$/,
  /^virtio\d{1,4}$/,
  /^vport\d{1,4}p\d{1,4}$/,
  /^(?:IR-|ITS-)?(?:IO-APIC|PCI-MSIX?|MSIX?|HPET|HPET_MSI|DMAR|ITS|GIC(?:v[234])?|APIC|XT-PIC|GPIO|xen-\w{1,12})(?:-MSIX?)?(?:-[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])?(?:-edge|-fasteoi|-level)?$/i,
]

/** A name that drivers and other modules have. They are not replaced: verdicts and bug reports rest on them. */
const MODULE = /^[A-Za-z][A-Za-z0-9_-]{0,54}$/
const LOOKS_NUMBERED = /\d{8}|[0-9a-f]{12}/i

/** Whether a name, a number or a word is the kernel's own. */
export function isPlainName(name: string): boolean {
  return NAMES.has(name) || FORMS.some((form) => form.test(name))
}

export function isModuleName(name: string): boolean {
  return MODULE.test(name) && !LOOKS_NUMBERED.test(name)
}
