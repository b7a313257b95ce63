# What QEMU and the kernel say where interrupts are not isolated.
# kernels: debian-5.10 debian-6.1 debian-newest lab-6.12 lab-newest
# topology: ports
# append: intremap=off
# packages: bookworm/qemu-system-x86 bookworm/qemu-system-common

bind vfio-pci 0000:02:00.0
prefix=(strace -f -e 'trace=ioctl' -o /tmp/strace)
qemu -device vfio-pci,host=02:00.0
prefix=()
grep -E 'VFIO.*= -1' /tmp/strace
if [ -e /dev/vfio/devices ]; then
  say "iommufd"
  qemu -object iommufd,id=i0 -device vfio-pci,host=02:00.0,iommufd=i0
fi
use_qemu bookworm
qemu -device vfio-pci,host=02:00.0
unset QEMU LD_LIBRARY_PATH
if [ -e /dev/vfio/devices ]; then
  say "allowed, by group and by iommufd"
  echo Y > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
  qemu -device vfio-pci,host=02:00.0
  echo Y > /sys/module/iommufd/parameters/allow_unsafe_interrupts
  qemu -object iommufd,id=i0 -device vfio-pci,host=02:00.0,iommufd=i0
fi
