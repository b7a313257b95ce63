# What strace shows of VFIO's calls that the kernel refuses, to QEMU and to a small program.
# kernels: debian-6.1 lab-newest
# topology: ports

trace() { run strace -e 'trace=ioctl' "$@" 2>&1 | grep -E 'strace|VFIO|0x3b|exit'; }
node_of() { ls "$devices/$1/vfio-dev"; }
empty_reset_method 0000:0{1,2}:00.0 0000:00:05.0
bind vfio-pci 0000:01:00.0 0000:00:05.0 0000:02:00.0
for form in '-X abbrev' '-X raw' '-X verbose'; do
  say "strace $form"
  # shellcheck disable=SC2206 # Two words.
  prefix=(strace $form -e 'trace=ioctl' -o /tmp/strace)
  for host in 01:00.0 00:05.0; do
    qemu -device vfio-pci,host=$host
    grep -iE 'VFIO|0x3b' /tmp/strace
  done
done
prefix=()
say "a program of its own"
first=("group $(group_of 0000:01:00.0)" container 'iommu 1')
trace "${vfio[@]}" "${first[@]}" 'device 0000:01:00.0' info hot-reset reset
trace "${vfio[@]}" "${first[@]}" 'device 0000:01:00.1'
trace "${vfio[@]}" "group $(group_of 0000:00:05.0)" container 'iommu 1' 'device 0000:00:05.0' info hot-reset reset
trace -X raw "${vfio[@]}" "group $(group_of 0000:00:05.0)" container 'iommu 1' 'device 0000:00:05.0' info hot-reset reset
say "a neighbour on a host driver"
bind e1000e 0000:01:00.1
trace "${vfio[@]}" "${first[@]}" 'device 0000:01:00.0'
[ -e /dev/vfio/devices ] || exit
trace "${vfio[@]}" "cdev $(node_of 0000:01:00.0)"
say "the group file is open elsewhere"
exec 9<> "/dev/vfio/$(group_of 0000:02:00.0)"
trace "${vfio[@]}" "cdev $(node_of 0000:02:00.0)"
exec 9>&-
trace "${vfio[@]}" "cdev $(node_of 0000:02:00.0)" info reset
