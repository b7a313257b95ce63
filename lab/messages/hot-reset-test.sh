# What the hot reset test of VFIO's maintainer prints. To be put on the host as /var/tmp/vfio-pci-hot-reset, made by
# `gcc -o vfio-pci-hot-reset vfio-pci-hot-reset.c utils.c` from these files of github.com/awilliam/tests.
# kernels: debian-6.1
# topology: ports

program=/var/tmp/vfio-pci-hot-reset
[ -x "$program" ] || { say "no $program"; exit; }
reset() { run "${prefix[@]}" "$program" "$@"; }

bind vfio-pci 0000:00:05.0 0000:01:00.0 0000:02:00.0 0000:03:00.0
say "root bus"
reset 0000:00:05.0
say "alone on its bus"
reset 0000:03:00.0
say "a neighbour in its group without driver, on its host driver, on vfio-pci"
reset 0000:01:00.0
bind e1000e 0000:01:00.1
reset 0000:01:00.0
bind vfio-pci 0000:01:00.1
reset 0000:01:00.0
say "a neighbour in a group of its own"
bind vfio-pci 0000:02:00.1
reset 0000:02:00.0
say "the group file is open elsewhere"
exec 9<> "/dev/vfio/$(group_of 0000:03:00.0)"
reset 0000:03:00.0
exec 9>&-

# The first call for information can fail with ENODEV and ENOSPC only: a group, a file and a size are fine by then. The
# others come from strace, in the place of the kernel's answer.
prefix=(strace -e 'trace=ioctl' -o /tmp/strace)
reset 0000:03:00.0
number=$(awk '/ENOSPC/ { print NR; exit }' /tmp/strace)
for errno in EPERM EINVAL; do
  say "call $number: $errno"
  prefix=(strace -e 'trace=ioctl' -o /tmp/strace -e "inject=ioctl:error=$errno:when=$number")
  reset 0000:03:00.0
  grep INJECTED /tmp/strace
done
