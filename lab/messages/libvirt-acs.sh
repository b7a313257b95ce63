# What libvirt says of a function below a port without ACS. It asks only where it does not use VFIO, which its releases of today
# always do: so its own check is called here, from its library.
# kernels: debian-6.1
# topology: ports
# device: pcie-root-port,id=rp7,bus=pcie.0,addr=0x15,chassis=21,slot=21,disable-acs=on
# device: x3130-upstream,id=up7,bus=rp7
# device: xio3130-downstream,id=down7,bus=up7,chassis=22,slot=22
# device: e1000e,bus=down7
# packages: bookworm/libvirt0 bookworm/libyajl2 bookworm/libssh-4

for unpacked in "$UNPACKED"/bookworm_lib{virt0,yajl2,ssh-4}/usr/lib/x86_64-linux-gnu; do
  LD_LIBRARY_PATH=$unpacked:${LD_LIBRARY_PATH-}
done
export LD_LIBRARY_PATH
run /usr/bin/python3 - << 'END'
import ctypes, os
libvirt = ctypes.CDLL("libvirt.so.0")
libvirt.virPCIDeviceNew.restype = ctypes.c_void_p
libvirt.virGetLastErrorMessage.restype = ctypes.c_char_p
libvirt.virInitialize()
for name in sorted(os.listdir("/sys/bus/pci/devices")):
    domain, bus, rest = name.split(":")
    slot, function = rest.split(".")
    # Domain, bus, device, function; what comes behind is for s390.
    address = (ctypes.c_uint * 32)(*(int(part, 16) for part in (domain, bus, slot, function)))
    device = ctypes.c_void_p(libvirt.virPCIDeviceNew(address))
    libvirt.virResetLastError()
    if device and not libvirt.virPCIDeviceIsAssignable(device, 1):
        print(name, "error:", libvirt.virGetLastErrorMessage().decode(), flush=True)
END
