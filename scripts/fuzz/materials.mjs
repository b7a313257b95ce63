import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readTar } from './tar.mjs'

/** What cases are made from: small hosts, descriptions of VMs, scenarios and logs of the repository. */
export function loadMaterials(root) {
  const text = (name) => readFileSync(join(root, 'fixtures', name), 'utf8')
  const archive = (name) => gunzipSync(readFileSync(join(root, name)))
  const texts = (folder, ends) =>
    readdirSync(join(root, 'fixtures', folder))
      .filter((name) => ends.some((end) => name.endsWith(end)))
      .map((name) => text(join(folder, name)))
  const messages = texts('messages', ['.yaml']).flatMap((yaml) =>
    [...yaml.matchAll(/^ +line: ['"]?(.*?)['"]?$/gm)].map(([, line]) => line),
  )
  return {
    host: readTar(archive('fixtures/redaction/names.tar.gz')),
    demo: readTar(archive('share/demo.tar.gz')),
    demoTar: archive('share/demo.tar.gz'),
    libvirt: texts('inputs', ['.xml']),
    qemu: [text('inputs/qemu-iommufd.sh'), text('inputs/qemu-libvirt.log')],
    proxmox: [text('inputs/proxmox-100.conf')],
    'cloud-hypervisor': [text('inputs/cloud-hypervisor.sh')],
    scenarios: texts('scenarios', ['.yaml']),
    logs: texts('logs', ['.txt']),
    messages,
  }
}
