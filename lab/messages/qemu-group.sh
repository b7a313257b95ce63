# What QEMU prints when it opens functions by their IOMMU groups, and when it resets them; three releases of it.
# kernels: debian-5.10 debian-6.1 debian-newest lab-newest
# topology: ports
# device: rtl8139,bus=pcie.0,addr=0x7
# packages: bookworm/qemu-system-x86 bookworm/qemu-system-common bullseye/qemu-system-x86 bullseye/qemu-system-common
# packages: bullseye/libxenmisc4.14 bullseye/libxenstore3.0 bullseye/libxenforeignmemory1 bullseye/libxengnttab1
# packages: bullseye/libxenevtchn1 bullseye/libxendevicemodel1 bullseye/libxentoolcore1 bullseye/libxencall1
# packages: bullseye/libxentoollog1 bullseye/libspice-server1 bullseye/libvirglrenderer1 bullseye/liburing1
# packages: bullseye/libgstreamer-plugins-base1.0-0 bullseye/libgstreamer1.0-0 bullseye/libssl1.1 bullseye/liborc-0.4-0

start() {
  say "not on vfio-pci"
  bind none 0000:02:00.0
  qemu -device vfio-pci,host=02:00.0

  bind vfio-pci 0000:02:00.0
  group=/dev/vfio/$(group_of 0000:02:00.0)
  say "group held by another process"
  exec 9<> "$group"
  qemu -device vfio-pci,host=02:00.0
  exec 9>&-

  say "as another user"
  prefix=("${nobody[@]}")
  qemu -device vfio-pci,host=02:00.0
  chown 65534 "$group"
  chmod 600 /dev/vfio/vfio
  qemu -device vfio-pci,host=02:00.0
  chmod 666 /dev/vfio/vfio
  say "as another user with little locked memory"
  prefix=("${nobody[@]}" prlimit --memlock=65536 --)
  qemu -device vfio-pci,host=02:00.0
  prefix=()

  say "the same function twice"
  qemu -device vfio-pci,host=02:00.0 -device vfio-pci,host=02:00.0

  say "a neighbour on a host driver"
  bind vfio-pci 0000:01:00.0
  bind e1000e 0000:01:00.1
  qemu -device vfio-pci,host=01:00.0

  say "the function itself without driver, its neighbour on vfio-pci"
  bind none 0000:01:00.0
  bind vfio-pci 0000:01:00.1
  qemu -device vfio-pci,host=01:00.0
}

hot_reset() {
  bind vfio-pci 0000:01:00.0 0000:02:00.0 0000:02:00.1 0000:00:05.0 0000:00:07.0
  bind none 0000:01:00.1
  empty_reset_method 0000:0{1,2}:00.{0,1} 0000:00:05.0
  say "neighbour in a group of its own, not owned"
  qemu "$@" -device vfio-pci,host=02:00.0
  say "both owned"
  qemu "$@" -device vfio-pci,host=02:00.0 -device vfio-pci,host=02:00.1
  say "neighbour in the same group, without driver"
  qemu "$@" -device vfio-pci,host=01:00.0
  say "root bus, with and without PM reset"
  qemu "$@" -device vfio-pci,host=00:05.0
  qemu "$@" -device vfio-pci,host=00:07.0
}

start
hot_reset -trace 'vfio_pci_hot_reset*'
for suite in bookworm bullseye; do
  use_qemu $suite
  start
  hot_reset -trace 'vfio_pci_hot_reset*'
done
if [ -e /sys/module/vfio_iommu_type1/refcnt ]; then
  say "no vfio_iommu_type1"
  guest rmmod vfio_iommu_type1
  qemu -device vfio-pci,host=02:00.0
  unset QEMU LD_LIBRARY_PATH
  qemu -device vfio-pci,host=02:00.0
fi
