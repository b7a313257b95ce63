# What crosvm says when it opens a group. No Debian package holds it. To be put on the host as /var/tmp/crosvm-open, a
# program around VfioContainer::new and VfioGroup::new of devices/src/vfio.rs (github.com/google/crosvm) that gets a
# function's path in sysfs and prints an error by Display.
# kernels: debian-6.1 lab-newest
# topology: ports

program=/var/tmp/crosvm-open
[ -x "$program" ] || { say "no $program"; exit; }
function=$devices/0000:01:00.0

say "a neighbour in the group on a host driver"
bind vfio-pci 0000:01:00.0
bind e1000e 0000:01:00.1
run "$program" "$function"

# VFIO_GROUP_SET_CONTAINER is the third ioctl, behind one of the container and VFIO_GROUP_GET_STATUS.
say "a neighbour goes to a host driver after the group was found viable"
bind none 0000:01:00.1
run strace -o /tmp/strace -e trace=ioctl -e inject=ioctl:delay_enter=8000000:when=3 "$program" "$function" &
sleep 5
bind e1000e 0000:01:00.1
wait
grep VFIO_ /tmp/strace
