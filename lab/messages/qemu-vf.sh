# What QEMU prints about virtual functions: a reset of their bus affects groups that are not its own, and a token is missing.
# kernels: debian-6.1 lab-newest
# topology: sriov/host-pf

bind none 0000:01:10.0 0000:01:10.2
bind vfio-pci 0000:01:10.0 0000:01:10.2
for file in "$devices"/*/reset_method; do echo "$file: $(cat "$file")"; done
empty_reset_method 0000:01:10.0 0000:01:10.2
say "a reset of the bus affects the PF, by group"
qemu -trace 'vfio_pci_hot_reset*' -device vfio-pci,host=01:10.0
if [ -e /dev/vfio/devices ]; then
  say "the same by iommufd"
  qemu -trace 'vfio_pci_hot_reset*' -trace 'iommufd_cdev*' -object iommufd,id=i0 \
    -device vfio-pci,host=01:10.0,iommufd=i0
fi
say "a token for a VF whose PF is on the host's driver"
qemu -device vfio-pci,host=01:10.0,vf-token=12345678-1234-1234-1234-123456789abc
