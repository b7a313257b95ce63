#!/bin/busybox sh
# Process 1 of a guest: mounts, loads modules, and hands over to the agent, which runs on the host's own Node in a
# chroot of the host's root (shared read-only). What differs between guests comes in /lab.env:
#   NODE     path of Node on the host          AGENT   path of the agent inside the share
#   TOOL     folder of the tool under test, on the host
#   SHARE    mount point of the share, a folder of the host's root that nothing needed here lies below
#   NOIOMMU  Y: vfio may bind functions without an IOMMU        UNSAFE  Y: also where interrupts are not isolated
export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /share /host
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
. /lab.env

# insmod reads no command line of the kernel.
parameters() { case $1 in vfio_pci) echo enable_sriov=1 ;; esac; }
# shellcheck disable=SC2046 # No parameter at all must be no word.
load() { while read -r name; do insmod "/modules/$name.ko" $(parameters "$name") || echo "lab: no module $name"; done < "$1"; }
put() { [ ! -e "$2" ] || echo "$1" > "$2"; }

load /early
# No driver takes a function by itself from here on: the agent binds what each scenario wants.
echo 0 > /sys/bus/pci/drivers_autoprobe
load /late
put "$NOIOMMU" /sys/module/vfio/parameters/enable_unsafe_noiommu_mode
put "$UNSAFE" /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
put "$UNSAFE" /sys/module/iommufd/parameters/allow_unsafe_interrupts

# virtio can come up a moment later than this.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 share /share && break
  sleep 0.3
done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro,cache=loose root /host
for folder in /proc /sys /dev; do mount --bind "$folder" "/host$folder"; done
mount --bind /share "/host$SHARE"
ip link set lo up
env -i PATH=/usr/bin:/bin HOME=/nonexistent chroot /host "$NODE" "$SHARE/$AGENT" "$SHARE" "$TOOL" \
  > /share/agent.log 2>&1
echo "agent ended: $?" >> /share/agent.log
dmesg > /share/dmesg.log
sync
poweroff -f
