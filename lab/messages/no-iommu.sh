# What QEMU and the kernel say without an IOMMU.
# kernels: debian-6.1 lab-newest
# topology: ports
# append: intel_iommu=off

say "binding"
bind vfio-pci 0000:02:00.0
qemu -device vfio-pci,host=02:00.0
[ ! -e /dev/iommu ] || qemu -object iommufd,id=i0 -device vfio-pci,host=02:00.0,iommufd=i0
