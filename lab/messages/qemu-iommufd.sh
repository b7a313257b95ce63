# What QEMU prints when it opens functions by their device files, through iommufd.
# kernels: lab-6.12 lab-newest debian-6.1 debian-newest
# topology: ports
# device: rtl8139,bus=pcie.0,addr=0x7

iommufd=(-object "iommufd,id=i0")
cdev() { qemu "${iommufd[@]}" "$@"; }
node_of() { echo /dev/vfio/devices/"$(ls "$devices/$1/vfio-dev")"; }

bind vfio-pci 0000:02:00.0 0000:02:00.1
ls -l "$devices/0000:02:00.0/vfio-dev" "$devices"/0000:02:00.0/vfio-dev/* /dev/vfio /dev/vfio/devices
say "not on vfio-pci"
bind none 0000:02:00.0
cdev -device vfio-pci,host=02:00.0,iommufd=i0
say "on vfio-pci"
bind vfio-pci 0000:02:00.0
cdev -device vfio-pci,host=02:00.0,iommufd=i0
[ -e /dev/vfio/devices ] || exit

say "as another user"
prefix=("${nobody[@]}")
cdev -device vfio-pci,host=02:00.0,iommufd=i0
chmod 666 /dev/iommu
cdev -device vfio-pci,host=02:00.0,iommufd=i0
chown 65534 "$(node_of 0000:02:00.0)"
say "as another user with little locked memory"
prefix=("${nobody[@]}" prlimit --memlock=65536 --)
cdev -device vfio-pci,host=02:00.0,iommufd=i0
prefix=()

say "the node is missing"
node=$(node_of 0000:02:00.0)
mv "$node" "$node.away"
cdev -device vfio-pci,host=02:00.0,iommufd=i0
mv "$node.away" "$node"

say "the group file is open elsewhere"
exec 9<> "/dev/vfio/$(group_of 0000:02:00.0)"
cdev -device vfio-pci,host=02:00.0,iommufd=i0
exec 9>&-
say "the same function twice"
cdev -device vfio-pci,host=02:00.0,iommufd=i0 -device vfio-pci,host=02:00.0,iommufd=i0
say "another QEMU has it"

daemon -object iommufd,id=i0 -device vfio-pci,host=02:00.0,iommufd=i0
sleep 2
cdev -device vfio-pci,host=02:00.0,iommufd=i0
qemu -device vfio-pci,host=02:00.0
kill "$(cat /tmp/pid)"
sleep 2
say "a neighbour in the group on a host driver"
bind vfio-pci 0000:01:00.0
bind e1000e 0000:01:00.1
cdev -device vfio-pci,host=01:00.0,iommufd=i0

trace=(-trace 'vfio_pci_hot_reset*' -trace 'iommufd_cdev_pci_hot_reset*')
bind vfio-pci 0000:01:00.0 0000:01:00.1 0000:00:05.0 0000:00:07.0
empty_reset_method 0000:0{1,2}:00.{0,1} 0000:00:05.0
say "hot reset: neighbour in a group of its own, not owned"
cdev "${trace[@]}" -device vfio-pci,host=02:00.0,iommufd=i0
say "hot reset: both owned"
cdev "${trace[@]}" -device vfio-pci,host=02:00.0,iommufd=i0 -device vfio-pci,host=02:00.1,iommufd=i0
say "hot reset: neighbour in the same group"
cdev "${trace[@]}" -device vfio-pci,host=01:00.0,iommufd=i0
bind none 0000:01:00.1
say "hot reset: neighbour in the same group, without driver"
cdev "${trace[@]}" -device vfio-pci,host=01:00.0,iommufd=i0
say "hot reset: root bus"
cdev "${trace[@]}" -device vfio-pci,host=00:05.0,iommufd=i0
cdev "${trace[@]}" -device vfio-pci,host=00:07.0,iommufd=i0

say "/dev/iommu belongs to another user"
prefix=("${nobody[@]}")
chown 65534 "$(node_of 0000:02:00.0)"
chmod 600 /dev/iommu
cdev -device vfio-pci,host=02:00.0,iommufd=i0
prefix=()
