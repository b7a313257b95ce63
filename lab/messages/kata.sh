# What Kata Containers says of groups with bridges in them. No Debian package holds it. To be put on the host, each a
# program around one function of github.com/kata-containers/kata-containers that gets /dev/vfio/GROUP and logs as Kata does:
#   /var/tmp/kata-group     Go: GetAllVFIODevicesFromIOMMUGroup of src/runtime/pkg/device/drivers/utils.go
#   /var/tmp/kata-discover  Rust: discover_vfio_group_device of src/runtime-rs/crates/hypervisor/src/device/driver/
#                           vfio_device/core.rs
# kernels: debian-6.1
# topology: ports

for program in /var/tmp/kata-group /var/tmp/kata-discover; do
  [ -x "$program" ] || { say "no $program"; continue; }
  say "a group of a bridge only"
  run "$program" "/dev/vfio/$(group_of 0000:00:10.0)"
  say "a group of a bridge and of what is below it"
  run "$program" "/dev/vfio/$(group_of 0000:04:00.0)"
done
