# What SPDK's setup.sh says of NVMe functions that it leaves alone, and of groups. To be put on the host below
# /var/tmp/spdk, from github.com/spdk/spdk: scripts/setup.sh, common.sh and spdk-gpt.py, and include/spdk/pci_ids.h.
# kernels: debian-6.1
# topology: ports
# device: pcie-root-port,id=rp7,bus=pcie.0,addr=0x15,chassis=21,slot=21,hotplug=off,x-speed=2_5,x-width=1
# device: nvme,serial=x7,bus=rp7,addr=0.0,multifunction=on
# device: e1000e,bus=rp7,addr=0.1
# device: e1000e,bus=rp7,addr=0.2
# args: -drive if=none,id=disk,driver=null-co,read-zeroes=on,size=64M,snapshot=on
# args: -device nvme,id=store,serial=store,bus=pcie.0,addr=0x7
# args: -device nvme-ns,drive=disk,bus=store,shared=off
# packages: bookworm/linux-image-6.1.0-56-amd64

[ -x /var/tmp/spdk/scripts/setup.sh ] || { say "no /var/tmp/spdk"; exit; }
setup() { run env PATH="/tmp/bin:$PATH" "PCI_ALLOWED=$1" /var/tmp/spdk/scripts/setup.sh; }
ln -s /proc/self/fd /dev/fd
# All modules are loaded.
mkdir /tmp/bin
printf '#!/bin/sh\n' > /tmp/bin/modprobe
chmod +x /tmp/bin/modprobe

say "neighbours in its group: one on a host driver, one without, then both on one"
bind nvme 0000:07:00.0
bind e1000e 0000:07:00.1
setup 0000:07:00.0
bind nvme 0000:07:00.0
bind e1000e 0000:07:00.2
setup 0000:07:00.0

[ -e "$devices/0000:00:07.0" ] || { say "no disk"; exit; }
# setup.sh does not find the disks of a controller that the kernel takes for one path of several.
guest rmmod nvme nvme_core
guest insmod /modules/nvme_core.ko multipath=N
guest insmod /modules/nvme.ko
bind nvme 0000:00:07.0
sleep 3
disk=/dev/$(basename "$(ls -d "$devices"/0000:00:07.0/nvme/nvme*/nvme*n1)")
say "partitions, not in use"
parted -s "$disk" mklabel gpt mkpart a 1MiB 20MiB mkpart b 20MiB 40MiB
setup 0000:00:07.0
say "partitions in use"
kernel=$UNPACKED/bookworm_linux-image-$(uname -r)/lib/modules/$(uname -r)/kernel
for module in lib/crc16 fs/mbcache fs/jbd2/jbd2 crypto/crc32c_generic fs/ext4/ext4; do
  guest insmod "/host$kernel/$module.ko"
done
for part in p1 p2; do
  mkfs.ext4 -q "$disk$part"
  mkdir "/tmp/$part"
  mount -t ext4 "$disk$part" "/tmp/$part"
done
lsblk "$disk"
setup 0000:00:07.0
