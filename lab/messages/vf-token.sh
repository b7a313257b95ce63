# What QEMU and the kernel say of a virtual function whose physical one is bound to vfio-pci: it opens with a token only.
# kernels: debian-6.1 lab-newest
# topology: sriov/vfio-pf

bind vfio-pci 0000:01:10.0
token=12345678-1234-1234-1234-123456789abc
say "no token"
qemu -device vfio-pci,host=01:10.0
say "a token, nobody has the PF open"
qemu -device "vfio-pci,host=01:10.0,vf-token=$token"
say "PF without token, another one for the VF"
qemu -device "vfio-pci,host=01:00.0,vf-token=$token" \
  -device vfio-pci,host=01:10.0,vf-token=00000000-1234-1234-1234-123456789abc
if [ -e /dev/vfio/devices ]; then
  say "iommufd, no token"
  qemu -object iommufd,id=i0 -device vfio-pci,host=01:10.0,iommufd=i0
fi
