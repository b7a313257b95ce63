# What libvirt says of resets and of functions that it does not hand to a domain; three releases of it, run by hand.
# kernels: debian-6.1
# topology: ports
# device: qemu-xhci,bus=pcie.0,addr=0x7
# device: pcie-root-port,id=rp7,bus=pcie.0,addr=0x15,chassis=21,slot=21,hotplug=off,x-speed=2_5,x-width=1
# device: qemu-xhci,bus=rp7,addr=0.0,multifunction=on
# device: qemu-xhci,bus=rp7,addr=0.1
# device: pcie-root-port,id=rp8,bus=pcie.0,addr=0x16,chassis=22,slot=22,hotplug=off,x-speed=2_5,x-width=1
# device: qemu-xhci,bus=rp8,addr=0.0
# packages: bookworm/libvirt0 bookworm/libvirt-daemon bookworm/libvirt-daemon-driver-qemu bookworm/libvirt-clients
# packages: bookworm/libyajl2 bookworm/libssh-4 bookworm/libparted2 bookworm/libpcap0.8
# packages: bookworm-backports/libvirt0 bookworm-backports/libvirt-daemon bookworm-backports/libvirt-common
# packages: bookworm-backports/libvirt-daemon-driver-qemu bookworm-backports/libvirt-daemon-driver-nodedev
# packages: bookworm-backports/libvirt-clients
# packages: bullseye/libvirt0 bullseye/libvirt-daemon bullseye/libvirt-daemon-driver-qemu bullseye/libvirt-clients

# xHCI is the function that QEMU gives neither FLR nor PM: 00:07.0 has no reset at all, 07:00.0 and its neighbour 07:00.1
# one by their bus, as has 08:00.0, which stands alone.

# `shadow FOLDER`: writable, with links to all that is there.
shadow() {
  mkdir -p "/run/shadow$1" "/run/links$1"
  mount --bind "$1" "/run/shadow$1"
  ln -s "/run/shadow$1"/* "/run/links$1"
  mount --bind "/run/links$1" "$1"
}

# `use_libvirt SUITE`: starts that of the unpacked packages.
use_libvirt() {
  local folder=/tmp/$1 unpacked
  mkdir -p "$folder/lib"
  for unpacked in "$UNPACKED"/bookworm_lib{yajl2,ssh-4,parted2,pcap0.8} "$UNPACKED/$1"_libvirt*; do
    [ ! -d "$unpacked/usr/lib/x86_64-linux-gnu" ] || cp -r "$unpacked/usr/lib/x86_64-linux-gnu/." "$folder/lib"
    [ ! -d "$unpacked/usr/share/libvirt" ] || cp -rT "$unpacked/usr/share/libvirt" /usr/share/libvirt
  done
  cp "$UNPACKED/$1_libvirt-daemon/usr/sbin/libvirtd" "$UNPACKED/$1_libvirt-clients/usr/bin/virsh" "$folder"
  export LD_LIBRARY_PATH=$folder/lib LIBVIRT_DRIVER_DIR=$folder/lib/libvirt/connection-driver
  # What is of no use here, and would want more libraries.
  rm -f "$LIBVIRT_DRIVER_DIR"/libvirt_driver_{interface,network,nwfilter,storage,vbox}.so
  daemon_log=$SHARE/$1-libvirtd.log
  echo "log_outputs = \"3:file:$daemon_log\"" > /etc/libvirt/libvirtd.conf
  echo 'auth_unix_rw = "none"' >> /etc/libvirt/libvirtd.conf
  virsh=("$folder/virsh" -c qemu:///system)
  "$folder/libvirtd" &> "$SHARE/$1-libvirtd.out" &
  for _ in $(seq 100); do
    "${virsh[@]}" version &> /tmp/version && break
    sleep 0.5
  done
  say "$(grep -h 'library\|hypervisor' /tmp/version | tr '\n' ' ')"
}

virsh() { run "${virsh[@]}" "$@"; }

# `define NAME MANAGED ADDRESS...`: a domain with these functions, in /tmp/NAME.xml.
define() {
  local name=$1 managed=$2 source bus slot function
  shift 2
  {
    echo "<domain type='qemu'><name>$name</name><memory unit='MiB'>32</memory>"
    echo "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features><devices>"
    echo "<emulator>/usr/bin/qemu-system-x86_64</emulator><memballoon model='none'/>"
    for address; do
      IFS=:. read -r bus slot function <<< "$address"
      source="<address domain='0x0000' bus='0x$bus' slot='0x$slot' function='0x$function'/>"
      echo "<hostdev mode='subsystem' type='pci' managed='$managed'><source>$source</source></hostdev>"
    done
    echo '</devices></domain>'
  } > "/tmp/$name.xml"
}

resets() {
  say "no reset: root bus"
  virsh nodedev-reset pci_0000_00_07_0
  say "a bridge"
  virsh nodedev-reset pci_0000_00_10_0
  say "neighbour in use by the host, then detached"
  bind pci-stub 0000:07:00.1
  virsh nodedev-reset pci_0000_07_00_0
  virsh nodedev-detach pci_0000_07_00_1
  virsh nodedev-reset pci_0000_07_00_0
  say "alone on its bus"
  virsh nodedev-reset pci_0000_08_00_0
}

domains() {
  define plain no 03:00.0
  define win10 yes 03:00.0
  define other yes 03:00.0
  define half yes 01:00.0
  say "a host driver, managed='no'"
  bind e1000e 0000:03:00.0
  virsh create /tmp/plain.xml --paused
  say "a neighbour of its group on a host driver"
  bind e1000e 0000:01:00.1
  virsh create /tmp/half.xml --paused
  say "in use by a domain"
  virsh create /tmp/win10.xml --paused
  virsh create /tmp/other.xml --paused
  virsh nodedev-reset pci_0000_03_00_0
  virsh nodedev-detach pci_0000_03_00_0
  virsh nodedev-reattach pci_0000_03_00_0
  virsh destroy win10
}

without_vfio() {
  say "no vfio-pci"
  guest rmmod vfio_pci vfio_pci_core vfio_iommu_type1 vfio_virqfd vfio
  virsh create /tmp/win10.xml --paused
}

# `removed_before CALL`: takes a function away just before libvirt reads or writes the 256 bytes that it keeps over a reset of
# the bus. A first run finds the call, strace holds it up in a second one; the answer is the kernel's.
removed_before() {
  local call=$1 config number
  config=$(readlink -f "$devices/0000:08:00.0/config")
  local trace=(strace -qq -f -p "$libvirtd" -P "$config" -o /tmp/strace -e "trace=$call")
  "${trace[@]}" &
  local tracer=$!
  sleep 3
  virsh nodedev-reset pci_0000_08_00_0 > /dev/null
  kill -INT $tracer
  wait $tracer
  number=$(awk -v call="$call" '$2 ~ "^" call "\\(" { n[$1]++; if (/, 256\)/) { print n[$1]; exit } }' /tmp/strace)
  say "removed before $call $number"
  "${trace[@]}" -e "inject=$call:delay_enter=8000000:when=$number" &
  tracer=$!
  sleep 3
  { sleep 5; echo 1 > "$devices/0000:08:00.0/remove"; } &
  virsh nodedev-reset pci_0000_08_00_0
  kill -INT $tracer
  wait $tracer
  tail -n 1 /tmp/strace
  echo 1 > /sys/bus/pci/rescan
  sleep 2
}

# A sandbox that shows the function and not the port above it.
without_parent() {
  say "the port above is hidden"
  local target
  target=$(readlink -f "$devices/0000:08:00.0")
  mount -t tmpfs tmpfs "$devices"
  ln -s "$target" "$devices"
  virsh nodedev-reset pci_0000_08_00_0
  umount "$devices"
}

# As a user without rights on the configuration space.
session() {
  say "as another user"
  mkdir -p /tmp/nobody
  chown 65534 /tmp/nobody
  export XDG_RUNTIME_DIR=/tmp/nobody HOME=/tmp/nobody
  local user=("${nobody[@]}" "${virsh[0]}" -c qemu:///session)
  "${nobody[@]}" "${virsh[0]%/*}/libvirtd" &> /tmp/nobody/out &
  sleep 15
  run "${user[@]}" nodedev-reset pci_0000_08_00_0
  run "${user[@]}" nodedev-detach pci_0000_08_00_0
  cat /tmp/nobody/out
  kill $!
}

shadow /usr/share
shadow /etc
writable /var
mkdir -p /var/lib/libvirt /var/log/libvirt/qemu /var/cache/libvirt /var/tmp
ln -s /run /var/run
rm -rf /etc/libvirt /usr/share/libvirt /etc/passwd /etc/group
mkdir /etc/libvirt /usr/share/libvirt
printf '%s\n' root:x:0:0::/root:/bin/sh libvirt-qemu:x:64055:64055::/:/bin/sh nobody:x:65534:65534::/:/bin/sh > /etc/passwd
printf '%s\n' root:x:0: libvirt:x:64054: libvirt-qemu:x:64055: kvm:x:64056: nogroup:x:65534: > /etc/group
hostname localhost
# There libvirt 11 looks for a driver of the kind that mlx5-vfio-pci is; the guest's modules are not in the host's root.
shadow /usr/lib
rm -f /usr/lib/modules
mkdir -p "/usr/lib/modules/$(uname -r)"
touch "/usr/lib/modules/$(uname -r)/modules.alias"
cat > /etc/libvirt/qemu.conf << 'END'
user = "root"
group = "root"
security_driver = "none"
stdio_handler = "file"
namespaces = []
cgroup_controllers = []
END

for suite in bullseye bookworm-backports bookworm; do
  use_libvirt $suite
  libvirtd=$!
  resets
  without_parent
  if [ $suite != bullseye ]; then domains; fi
  if [ $suite = bookworm ]; then
    removed_before read
    removed_before write
    session
    without_vfio
  fi
  say "its log"
  grep -hE ': (warning|error) :' "$daemon_log"
  kill $libvirtd
  wait $libvirtd
done
cp -r /var/log/libvirt/qemu "$SHARE/qemu"
