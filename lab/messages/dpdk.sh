# What DPDK's environment layer prints when it cannot open a function. Wants Debian's package dpdk on the host.
# kernels: debian-6.1
# topology: ports

testpmd=$(command -v dpdk-testpmd) || { say "no dpdk-testpmd"; exit; }
open() { run "${prefix[@]}" "$testpmd" --no-huge -m 64 -l 0 -a "$1" -- --total-num-mbufs=1024; }
ln -s /proc/self/fd /dev/fd

"$testpmd" -v --no-huge --no-pci -m 64 -l 0 -- --help | grep 'RTE Version'
say "a neighbour in its group on a host driver"
bind vfio-pci 0000:01:00.0
bind e1000e 0000:01:00.1
open 0000:01:00.0

bind vfio-pci 0000:02:00.0
group=/dev/vfio/$(group_of 0000:02:00.0)
say "the group file is open elsewhere"
exec 9<> "$group"
open 0000:02:00.0
exec 9>&-

say "as another user"
prefix=("${nobody[@]}")
open 0000:02:00.0
chown 65534 "$group"
chmod 600 /dev/vfio/vfio
open 0000:02:00.0
chmod 666 /dev/vfio/vfio
say "as another user with little locked memory"
prefix=("${nobody[@]}" prlimit --memlock=65536 --)
open 0000:02:00.0
prefix=()

say "no vfio_iommu_type1"
guest rmmod vfio_iommu_type1
open 0000:02:00.0
