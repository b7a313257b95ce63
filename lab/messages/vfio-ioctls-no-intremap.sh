# What vfio-ioctls says where interrupts are not isolated; see vfio-ioctls.sh for the program.
# kernels: debian-6.1 lab-newest
# topology: ports
# append: intremap=off

program=/var/tmp/vfio-open
[ -x "$program" ] || { say "no $program"; exit; }
bind vfio-pci 0000:02:00.0
run "$program" group "$devices/0000:02:00.0"
[ ! -e /dev/vfio/devices ] || run "$program" cdev "$devices/0000:02:00.0"
