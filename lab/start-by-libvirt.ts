import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { chooseMount } from './guest/guest.js'
import type { Kernel } from './kernels/kernel.js'
import { FUNCTIONS, runTool, type Walk, type WalkedGuest } from './walk.js'

/** QEMU runs inside an emulated guest there. */
const LIMIT_MS = 600_000

/**
 * Starts a domain that gets two functions, by Debian's libvirt and the shipped hook: refused while they have no driver, and started,
 * by QEMU and behind the guest's IOMMU, once the plan was run.
 */
export async function startByLibvirt(kernel: Kernel, walked: WalkedGuest): Promise<Walk> {
  const { guest, host } = walked
  const { repository, node } = host
  await writeFile(join(guest.share, 'domain.xml'), domain())
  const file = join(guest.mount, 'domain.xml')
  // The host's root is read-only there.
  const folder = chooseMount([repository, node, file])
  const shell = (script: string) =>
    guest.ask({
      do: 'shell',
      script: `${words(guest.mount, folder)}\n${script}`,
      timeoutMs: LIMIT_MS,
    })

  await shell(`mount -t tmpfs -o mode=755 tmpfs ${folder}
mkdir ${folder}/bin
printf '#!/bin/sh\\nexec "${node}" "${repository}/bin/run.js" "$@"\\n' > ${folder}/bin/vfio-reset
chmod 755 ${folder}/bin/vfio-reset
bash ${repository}/lab/guest/libvirtd.sh ${folder} ${repository}/share/hooks/libvirt-qemu > ${folder}/out 2>&1 < /dev/null &
for attempt in $(seq 300); do virsh version && break; sleep 1; done`)
  // The hook gives up after its seconds and lets pass, as the shipped file says; on a busy machine an emulated guest needs more.
  // libvirt itself refuses these functions then, in other words.
  const refused = await shell(`for attempt in 1 2 3 4 5; do
  virsh create ${file} && exit
  grep -q 'Hook script execution failed' ${guest.mount}/virsh.log &&
    grep -q 'must be bound to vfio-pci' ${guest.mount}/virsh.log && exit 1
done
exit 9`)
  const script = await runTool(guest, [
    ...['preflight', '--libvirt', file, '--plan', '--plan-style', 'sysfs'],
  ])
  const plan = await guest.ask({ do: 'shell', script: script.stdout, timeoutMs: LIMIT_MS })
  const started = await shell(
    `virsh create ${file} && virsh domstate two && tail -n 2 ${guest.mount}/virsh.log | grep -q running`,
  )
  await shell(
    `virsh destroy two; kill "$(cat ${folder}/pid)"; cp ${folder}/libvirtd.log ${guest.mount}`,
  )

  const [before, after] = [refused.exitCode, started.exitCode]
  const codes = { before, plan: plan.exitCode, after }
  return {
    kernel: kernel.id,
    via: 'libvirt',
    ...codes,
    reset: null,
    captureAgrees: null,
    holds: isDeepStrictEqual(codes, { before: 1, plan: 0, after: 0 }),
  }
}

/** What the scripts call by a short name; what virsh says is kept in the share. */
function words(share: string, folder: string): string {
  const uri = `qemu+unix:///system?socket=${folder}/run/libvirt-sock`
  return `export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=${folder} LC_ALL=C
virsh() { /usr/bin/virsh -c '${uri}' "$@" >> ${share}/virsh.log 2>&1; }`
}

function domain(): string {
  const hostdevs = FUNCTIONS.map((address) => {
    const [domain, bus, slot, number] = address.split(/[:.]/)
    const source = `domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${number}'`
    return `<hostdev mode='subsystem' type='pci' managed='no'><source><address ${source}/></source></hostdev>`
  })
  return `<domain type='qemu'><name>two</name><memory unit='MiB'>32</memory>
<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
<devices><memballoon model='none'/>${hostdevs.join('\n')}</devices></domain>
`
}
