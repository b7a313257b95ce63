# What QEMU prints where the kernel's answer is one that no guest gives: strace puts it in the place of the real one.
# kernels: debian-6.1
# topology: ports

# `alter HOW WHICH ARGUMENTS...`: runs QEMU twice. WHICH is an awk program that finds, in the trace of the first run, the
# number of the call whose result is altered in the second one.
call=ioctl
alter() {
  local how=$1 which=$2 number
  shift 2
  prefix=(strace -e "trace=$call" -o /tmp/strace)
  qemu "$@" > /dev/null
  number=$(awk "$which" /tmp/strace)
  say "call $number: $how"
  prefix+=(-e "inject=$call:$how:when=$number")
  qemu "$@"
  grep INJECTED /tmp/strace
  prefix=()
}

bind vfio-pci 0000:02:00.0 0000:02:00.1
empty_reset_method 0000:02:00.0
for errno in EAGAIN EPERM EIO; do
  alter "error=$errno" '/ENOSPC/ { print NR + 1; exit }' -device vfio-pci,host=02:00.0
done
for errno in EPERM EINVAL; do
  alter "error=$errno" '/SET_CONTAINER/ { print NR; exit }' -device vfio-pci,host=02:00.0
done
alter "error=EPERM" '/VFIO_SET_IOMMU/ { print NR; exit }' -device vfio-pci,host=02:00.0
for errno in EBUSY EIO; do
  alter "error=$errno" '/GET_DEVICE_FD/ { print NR; exit }' -device vfio-pci,host=02:00.0
done
alter "error=EIO" '/VFIO_DEVICE_GET_INFO/ { print NR; exit }' -device vfio-pci,host=02:00.0

# The power state, at 0x44 of the function's configuration space, as QEMU reads it before and after it wakes the function.
call=pread64
alter "poke_exit=@arg2=0300" '/7696581394500/ { last = NR } END { print last ".." last + 1 }' \
  -device vfio-pci,host=02:00.0
