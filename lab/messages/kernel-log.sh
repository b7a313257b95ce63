# What the kernel logs while functions are in use: taken away, reset behind their user's back, removed and found again.
# kernels: debian-5.10 debian-6.1 debian-6.12 lab-newest
# topology: slots
# device: e1000e,bus=pcie.0,addr=0x5
# device: AMDVI-PCI,bus=pcie.0,addr=0x7

hold() {
  rm -f /tmp/end /tmp/held
  "${vfio[@]}" "group $(group_of "$1")" container 'iommu 1' "device $1" hold &> /tmp/held &
  await /tmp/held open
}
let_go() {
  touch /tmp/end
  wait
  cat /tmp/held
}

say "a capability that VFIO does not know"
bind vfio-pci 0000:00:07.0
qemu -device vfio-pci,host=00:07.0

say "unbinding, no way to ask"
bind vfio-pci 0000:00:05.0
hold 0000:00:05.0
echo 0000:00:05.0 > /sys/bus/pci/drivers/vfio-pci/unbind &
sleep 12
let_go

say "unbinding, QEMU is asked"
bind vfio-pci 0000:05:00.0
daemon -device vfio-pci,host=05:00.0
echo 0000:05:00.0 > /sys/bus/pci/drivers/vfio-pci/unbind &
sleep 12
cat /tmp/qemu.log
kill "$(cat /tmp/pid)"
wait

say "a reset of the bus behind its user's back"
bind none 0000:05:00.0
bind vfio-pci 0000:05:00.0
hold 0000:05:00.0
touch /tmp/enable
sleep 1
port=$(basename "$(dirname "$(readlink -f "$devices/0000:05:00.0")")")
setpci -s "$port" BRIDGE_CONTROL=40:40
setpci -s "$port" BRIDGE_CONTROL=00:40
sleep 1
touch /tmp/enable
sleep 1
let_go
say "a reset through sysfs"
echo 1 > "$devices/0000:05:00.0/reset"
echo device_specific > "$devices/0000:05:00.0/reset_method"

say "removing and finding again"
bind none 0000:06:00.0
echo 1 > "$devices/0000:06:00.0/remove"
echo 1 > /sys/bus/pci/rescan

say "unplugged while in use"
bind vfio-pci 0000:01:00.0 0000:01:00.1
hold 0000:01:00.0
setpci -s 00:10.0 CAP_EXP+18.w=0700:0700
sleep 5
let_go
