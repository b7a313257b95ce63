# shellcheck shell=bash
# Goes before every script of lab/messages, in the chroot of the host's root, which is read-only. Gets:
#   SHARE     folder that the host sees, too     UNPACKED  folder of unpacked packages, SUITE_NAME each
#   NODE      path of Node                       TOOL      path of bin/run.js
# What the script prints goes to output.txt in the share, at once, so that a hanging guest leaves it behind.
exec >> "$SHARE/output.txt" 2>&1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C

# Empty and writable: folders of the host's root that a program wants to write to.
writable() { for folder; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done; }

# A heading, in the output and in the kernel's log.
say() {
  echo "== $*"
  echo "== $*" > /dev/kmsg
}

# Runs a command in the guest's first root (busybox, no host): `guest rmmod vfio_iommu_type1`.
guest() { chroot /proc/1/root /bin/env PATH=/bin "$@"; }

# Runs a command for no longer than 60 seconds, and tells what it is and how it ended.
run() {
  echo "\$ $*"
  timeout -k 5 "${LIMIT:-60}" "$@"
  echo "[exit $?]"
}

# The machine's own QEMU, or $QEMU, up to its first machine reset: devices are opened and reset, no program runs in it.
# What stands in the array `prefix` goes before it.
prefix=()
qemu() {
  run "${prefix[@]}" "${QEMU:-qemu-system-x86_64}" -M q35 -S -display none -nodefaults -m 32 \
    -L /usr/share/qemu -L /usr/share/seabios -monitor stdio "$@" <<< quit
}

# The same, to stay: its process is in /tmp/pid, its output in /tmp/qemu.log.
daemon() {
  "${QEMU:-qemu-system-x86_64}" -M q35 -S -display none -nodefaults -m 32 -monitor none \
    -daemonize -pidfile /tmp/pid -D /tmp/qemu.log "$@"
}

# `use_qemu SUITE`: from now on that of the unpacked packages of another Debian release.
use_qemu() {
  local unpacked
  mkdir -p "/tmp/$1/bin" "/tmp/$1/lib"
  for unpacked in "$UNPACKED/$1"_*/usr; do
    [ ! -d "$unpacked/lib/x86_64-linux-gnu" ] || cp -r "$unpacked/lib/x86_64-linux-gnu/." "/tmp/$1/lib"
  done
  cp "$UNPACKED/$1_qemu-system-x86/usr/bin/qemu-system-x86_64" "/tmp/$1/bin"
  QEMU=/tmp/$1/bin/qemu-system-x86_64
  export QEMU_MODULE_DIR=/tmp/$1/lib/qemu LD_LIBRARY_PATH=/tmp/$1/lib
  say "$($QEMU --version | head -n 1)"
}

# Waits until a file holds a text, at most 60 seconds.
await() {
  for _ in $(seq 120); do
    grep -qs -- "$2" "$1" && return
    sleep 0.5
  done
  echo "[no '$2' in $1]"
}

# `bind DRIVER ADDRESS...`; the driver `none` takes them off theirs.
bind() {
  local driver=$1 device
  shift
  for device; do
    device=/sys/bus/pci/devices/$device
    [ ! -e "$device/driver" ] || echo "${device##*/}" > "$device/driver/unbind"
    [ "$driver" != none ] || continue
    echo "$driver" > "$device/driver_override"
    echo "${device##*/}" > "/sys/bus/pci/drivers/$driver/bind"
  done
}

# A small user of VFIO, `vfio.pl`: `vfio 'group 14' container ...`.
vfio=(perl "${TOOL%/bin/run.js}/lab/guest/vfio.pl")

group_of() { basename "$(readlink "/sys/bus/pci/devices/$1/iommu_group")"; }

writable /run /tmp
chmod 1777 /tmp
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
devices=/sys/bus/pci/devices
empty_reset_method() { for one; do echo > "$devices/$one/reset_method"; done; }
