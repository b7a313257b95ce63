# What QEMU and the kernel say of functions that vfio-pci took without an IOMMU.
# kernels: lab-6.12 lab-newest
# topology: noiommu

say "binding"
bind vfio-pci 0000:01:00.0 0000:01:00.1
ls /dev/vfio /dev/vfio/devices "$devices/0000:01:00.0/vfio-dev"
qemu -device vfio-pci,host=01:00.0
qemu -object iommufd,id=i0 -device vfio-pci,host=01:00.0,iommufd=i0
bind none 0000:01:00.1
say "its neighbour has no group"
ls /dev/vfio
run strace -e trace=ioctl "${vfio[@]}" "group noiommu-$(group_of 0000:01:00.0)" container 'iommu 8' \
  'device 0000:01:00.0' info hot-reset
