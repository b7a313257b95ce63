# What rust-vmm's vfio-ioctls says, which Cloud Hypervisor opens functions with. No Debian package holds it. To be put on
# the host as /var/tmp/vfio-open, a program around that crate (github.com/rust-vmm/vfio, feature vfio_cdev; Debian's
# librust-*-dev packages hold what it depends on): `vfio-open group|cdev SYSFS_PATH...` opens functions by
# VfioContainer::new or VfioIommufd::new and VfioDevice::new, and prints an error by Display, by Debug, and as a chain of
# sources. With --hold behind them it says "opened" and stays.
# kernels: debian-5.10 debian-6.1 lab-6.12 lab-newest
# topology: ports

program=/var/tmp/vfio-open
[ -x "$program" ] || { say "no $program"; exit; }
open() { run "${prefix[@]}" "$program" "$@"; }
igb=$devices/0000:02:00.0
e1000e=$devices/0000:01:00.0
group=/dev/vfio/$(group_of 0000:02:00.0)

say "not on vfio-pci"
bind none 0000:02:00.0
open group "$igb"
bind vfio-pci 0000:02:00.0

say "the group file is open elsewhere"
exec 9<> "$group"
open group "$igb"
exec 9>&-

say "as another user"
prefix=("${nobody[@]}")
open group "$igb"
prefix=()

say "a neighbour in the group on a host driver"
bind vfio-pci 0000:01:00.0
bind e1000e 0000:01:00.1
open group "$e1000e"

# VFIO_GROUP_SET_CONTAINER is the fourth ioctl, behind two of the container and VFIO_GROUP_GET_STATUS.
say "a neighbour goes to a host driver after the group was found viable"
bind none 0000:01:00.1
prefix=(strace -o /tmp/strace -e trace=ioctl -e inject=ioctl:delay_enter=8000000:when=4)
open group "$e1000e" &
sleep 5
bind e1000e 0000:01:00.1
wait
grep VFIO_ /tmp/strace
prefix=()

[ -e /dev/vfio/devices ] || exit
bind vfio-pci 0000:01:00.1
node=/dev/vfio/devices/$(ls "$igb/vfio-dev")

say "cdev: as another user"
prefix=("${nobody[@]}")
open cdev "$igb"
chmod 666 /dev/iommu
open cdev "$igb"
prefix=()

say "cdev: the node is missing"
mv "$node" "$node.away"
open cdev "$igb"
mv "$node.away" "$node"

say "cdev: the group file is open elsewhere"
exec 9<> "$group"
open cdev "$igb"
exec 9>&-

say "cdev: bound to another iommufd, and a group that is in use by it"
"$program" cdev "$igb" --hold > /tmp/held 2>&1 &
await /tmp/held opened
open cdev "$igb"
open group "$igb"
kill %%
wait

say "cdev: a neighbour in the group on a host driver"
bind e1000e 0000:01:00.1
open cdev "$e1000e"

say "cdev: not on vfio-pci"
bind none 0000:02:00.0
open cdev "$igb"
