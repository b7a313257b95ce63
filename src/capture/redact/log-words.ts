/**
 * Words of the messages that the kernel, VFIO and what stands above it print about devices, in lower case: from the messages
 * that `explain` knows and the logs that its tests read. A word that is not among them is replaced in a redacted log, since
 * nobody can tell whether it is a name.
 */
export const LOG_WORDS: ReadonlySet<string> = new Set(
  `
    serialnumber iscsi wwpn wwnn wwid eui eui-64 secret password object spice vnc qemu-system-x86 kvmfr login mac
    64bit a abc abort aborted aborting access ack acpi acs active adapter add added adding addr address admin
    advanced aer af after again agaw age agent ahci alias aliasing alignment all allocate allocated allocation allow
    already amd amd-vi amdgpu an and andd anddhrd another answer any anyway apei apic apierror applying aquantia
    arbiter are area argument ari arm as asic asmedia aspm assert assertion assign assignable assigned assigning
    assignment assume at ata atc ati atom atombios ats attach attached attacks attempt attempted attempting attempts
    attention attnbtn attnind attribute audio audit auto available aw azx b baco bad baffin bandwidth bar bars base
    be because been before begin behind being bgx bin bind binding bios bit bits block blocked blocking bogus boot
    bootindex booting bootloader both bound bridge bridgeport broadcom broken buffer bug bus busn busy but button by
    bypass c c0 c1 c2 c3 cache cacheable caching callback callbacks called calls can can't cannot cap capabilities
    capability capable captured card cause cb cdev cf cgroup cgroups ch change changed changing channel check
    checksum child chip chipset choice claim claimed clash class cleaning clear cleared client close closed cloud
    cmd cmdq cmn cntrl code codec coherent cold collect com command commands compatibility compatible completed
    completer completion component config configuration configured configuring conflict conflicts connecting cons
    console const contact container container's containerd containersetiommu containment contents context continue
    control controller corb corbrp core corp corporation correctable corrected correctly could couldn't count
    counters cper cpu cpus crates create created createusermemory createusermemoryregion csr csts currently custom d
    d0 d1 d2 d3 d3cold d3hot daemon data dead deadlocked debug dec decodes default defined denied denylist dep
    dependent depends despite detach detached detail details detect detected determine dev device device's
    devicemanager devices devid devies didn't died different direct directed directory disable disabled disabling
    disallowed discard discarding disk display dllp dma dmamap dmar dmar-ir dmesg dmi do does doesn't doing dom0
    domain domains don't done down downstream dp dpc dpdk dpm drhd driver drivers drm due duplex during e each eal
    ebusy ecam ecap ecode edge edr efi efifb ehci einval either electromechanical emitted emptied enable enabled
    enabling end endpoint engine enodev enomem enospc enough ensure entered entries entry enumeration ep eperm err
    errno error errors etc eth eth0 ethernet event events evtq exceeded exception exclusion exec executing execution
    existent existing exists exit exited exiting expected expecting experimental export express extended extensions
    f fail failed fails failure fallen fatal fault faulting faults fd fds feature features ff ffff ffffffff file
    find firmware first fixup flags flow flr flush folder for force forcing foreign format found frame framebuffer
    free freed from fsr fsynr full function functional fw g ga gart gathering gave geforce gen generate generating
    get getting gfx ghes gic git giving global go got gp gpu granule graphics group groupgetdevicefd groups
    groupsetcontainer groupviable gt gtt guest guests had half halt handle handler handling hang hardware has have
    hc hcd hda hdmi head header health healthy hello hest hex hidden hiding high hook hooks hookscript host
    hostdevice hot hotplug hotplugging hung hw hwcons hwprod hypervisor i i'm i40e i915 ia ias ib ibrpbcomp ice id
    identity identity-mapped ids if igc igd ignore ignored ignoring illegal image images in inaccessible
    inappropriate inc incorrect incorrectly increasing index indicator ineligible info information init
    initialization initialize initialized initializing injection input instability instead inta intb intc intd intel
    interface interlock internal interrupt interrupts into intr intrs intx inv invalid invalidate invalidation
    invalidpath invalidvfiodev inviable invoke io ioapic ioas ioctl ioctls iommu iommudmamap iommufd iommufdvfio
    iommugroup iotlb iov iova ip ipa iqe ir irq irqs is isn't iso isolated issues it ite its ivhd ivhd0 ivrs iwlwifi
    ixgbe ixgbevf job js jump kata kern kernel key kill kind known kvm l l0s l1 l1ss l2 lacking lan larger last
    latch launch launcher layer lazy lc least left legacy length less level lib libahci libvirt libvirtd
    libvirterror libxl like limit limited line link links linux list listener llactrep load loaded loading local
    locate lockdown locked locks log logged logger logs looks loop lost low lro lstat ltr lvm mac machine main
    malformed man manager manifest manually map mapped mapping mappings mask masking master match max maximum may
    mbps mcfg mdev mechanism mellanox mem memlock memory memslots message messages meta method methods microcode
    microsoft migration min minimum minor missing mlx5 mmap mmconfig mmio mmu mode mode1 model models modprobe
    module modules monitor more most mount mountpoints mrl ms msec msg msi msi-x msix multi multifunction multiple
    must name namespace navi navi10 need net network new next no nocompl node nodes noiommu non none nonfatal normal
    not notfound notice notifier nouveau nova now num numa number numbers numvfs nvidia nvkm nvm nvme nvme0 nvrm nx
    o oas object oci of off offset old olddecodes on only op open opencontainer opendevicecdev opened opengroup
    opening openiommufd operation operational ops opt option optional options or os osc osinitnvmapping other out
    output outside over overflow overlaps override owned owner owns page pages param parameter parameters parent
    parse pasid pass passthrough passthru pc pci pciback pcidevicedetachfailed pcideviceinvalidstatus
    pcidevicenotfound pcie pciehp pcieport pcilib pcitrysecondarybusreset peer pending per perf perform performance
    performing perl perl5 permission permissiondenied permitted permittedhostdevices pf pfs phc phys physical pid
    pin pins pl platform please plug pluggable pm pme pod poisoned polarity policy polling port ports pos possible
    possibly post posted power ppc64 ppr pprsup pptdev pre pref prefetchable prepare presence present previous pri
    primary prior priq probably probe probed probing proceed process processes processor producer prog properly
    protection provided proxmox psp pte pve pvedaemon pwrctrl pwrind q35 qemu
    qemuhostdevpreparepcideviceschecksupport qemupid qemuserver qi qmp queue queues quirk quirks radeon ram range rc
    read readlink readonly ready realloc realtek reason received receiver reconciliation recover recoverable
    recovered recovery refers refused reg region regions register registered registering registration rejected
    rejecting relaying release released reload remap remapping remote remove removed removing render replay report
    reported reports request requested requester requests required requirement res reserve reserved reset resets
    resetting resource resourcebusy resources respond responding response restore restored restoring restricted
    result resume ret retaining retains retraining retries retry retrying return returned rev rhsa ridge ring rlimit
    rm rminitadapter rmp rmrr rollover rom romfile root rootport routed routine rs rss rtx run running runtime rust
    rw rx s same sandbox sas sata satc save saved sb scope script scsi secondary secs secure security see segment
    seq serial serious server service set setpci sets setting setup severity shadow share shim should show shpchp
    sid signaled signature signing simple simplefb size skip skipped skipping skips slot slots slow smbios smc sme
    smmu smmuv3 smn smr smu snd snippets so soft software some something sound source southbridge sp space spaces
    spapr spec specific specified speed sr sr-iov src sriov ssid stage stalled start starting stat stat'ing state
    states status still stoney stop strace stream streamid streams strict structure stu stub stuck subcomponent
    subordinate subsystem succeeded success successful successfulcreate successfully such sufficient supplied
    support supported supports suppressed surprise sw switch switching switchport swsmu sync syncfailed syncvmi sys
    sysfs sysfsdev system systemd t t00 t01 t02 t04 t06 t07 t08 t09 t10 t13 t14 t15 t17 t19 tab table tables tags
    taint tainted tainting taints task tce tdx technology temporarily test text th than that the their them then
    there these they this those thread threads through ti time timed timedout timeout timer timestamp tlb tlp to
    token too tools total train training trans transaction transactions translated translation transmitter tree
    tried trigger trn trust try trying ts tso tx type type1 ucode uefi uhci uid unable unassigned unavailable unbind
    unbinding unbound uncorrectable uncorrected under unexpected unexpectedly unhandled unhealthy unit unknown
    unmanaged unmap unmapped unmasked unreadable unrecoverable unregister unsafe unsigned unsuccessful unsupported
    until unusable unwanted up update upstream usage usb use used user using usr v2 v3 valid validate validation
    value values vapic vector vectors vega vega10 vendor verification verify version vf vfio vfio-pci vfio0
    vfiocreate vfiodevicebindiommufd vfiodmamap vfiomapregion vfs vga vgaarb vgabios vgpu via viable video viommu
    virerror virpcideviceconfigopen virpcideviceconfigopeninternal virpcidevicereset
    virpcidevicetrysecondarybusreset virpcidevicewrite virt virtio virtual virtualization virtualmachine
    virtualmachineinstance vm vmboot vmid vmm vt vulnerable vz wait waiting walk warn warning was we wedged were
    when which while whilst width widths will window wireless with within without wlan word working write writing
    written x x2apic xen xenlight xhci xid xl xt yet you your zero
  `
    .trim()
    .split(/\s+/),
)
