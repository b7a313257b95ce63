#!/bin/bash
# Debian's libvirt with the shipped hook, apart from the machine's own: `libvirtd.sh FOLDER HOOK`, as root, in a mount namespace of
# its own or in a guest. FOLDER has a short path, for that of its socket. The daemon's path is FOLDER/bin alone: `vfio-reset`
# there is what the hook calls. virsh finds it by `qemu+unix:///system?socket=FOLDER/run/libvirt-sock`.
set -euo pipefail
folder=$1
hook=$2

mkdir -p "$folder"/{bin,run}
# What the daemon writes or reads elsewhere.
for private in /etc/libvirt /var/lib /var/log /var/cache /run; do mount -t tmpfs -o mode=755 tmpfs "$private"; done
mkdir -p /var/lib/libvirt /var/cache/libvirt /var/log/libvirt/qemu
install -D -m 755 "$hook" /etc/libvirt/hooks/qemu.d/50-vfio-reset

# It looks these users up though the settings name others; their package brings services too.
{ cat /etc/passwd && echo libvirt-qemu:x:64055:64055::/:/bin/sh; } > "$folder/passwd"
{ cat /etc/group && printf '%s\n' libvirt:x:64054: libvirt-qemu:x:64055: kvm:x:64056:; } > "$folder/group"
for file in passwd group; do mount --bind "$folder/$file" "/etc/$file"; done

cat > /etc/libvirt/qemu.conf << 'END'
user = "root"
group = "root"
security_driver = "none"
stdio_handler = "file"
namespaces = []
cgroup_controllers = []
END
cat > /etc/libvirt/libvirtd.conf << END
unix_sock_dir = "$folder/run"
auth_unix_rw = "none"
log_outputs = "3:file:$folder/libvirtd.log"
END

# One emulator: the daemon tries all that it finds, which takes minutes in a guest.
ln -s /usr/bin/qemu-system-x86_64 "$folder/bin"
export PATH=$folder/bin HOME=/
exec /usr/sbin/libvirtd --config /etc/libvirt/libvirtd.conf --pid-file "$folder/pid"
