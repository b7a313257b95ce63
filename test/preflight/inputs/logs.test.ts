import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describedBy, type FormatOption } from '../../../src/preflight/inputs/formats.js'

const fixture = (name: string) => readFileSync(`fixtures/${name}`, 'utf8')

async function given(text: string, option: FormatOption | null = null) {
  const described = await describedBy(text, option)
  if ('problem' in described) return `${described.problem}: ${described.hint}`
  return described.vms.flatMap(({ devices, notFollowed }) => [
    ...devices.map(({ which, managed }) => {
      const bus = which.by === 'address' ? which.place.bus.toString(16) : which.by
      return `${bus} ${managed === null ? 'perhaps bound' : managed ? 'bound' : 'not bound'}`
    }),
    ...notFollowed.map(({ cause }) => cause),
  ])
}

const LOG = fixture('inputs/qemu-libvirt.log')
const FAILED = `2026-03-03T07:11:03.100000Z qemu-system-x86_64: -device {"driver":"vfio-pci","host":"0000:05:00.0","id":"hostdev0"}: vfio 0000:05:00.0: group 25 is not viable
Please ensure all devices within the iommu_group are bound to their vfio bus driver.
2026-03-03 07:11:03.200+0000: shutting down, reason=failed
`

describe('a log of libvirt', () => {
  test('its last start counts, and whether libvirt binds is unknown', async () => {
    expect(await given(LOG)).toEqual(['a perhaps bound', 'a perhaps bound'])
  })

  test('what QEMU said then is no part of the command', async () => {
    expect(await given(`${LOG}${FAILED}`)).toEqual(['a perhaps bound', 'a perhaps bound'])
    expect(await given(`${LOG}${FAILED}`.replaceAll('\n', '\r\n'))).toHaveLength(2)
  })

  test('the command on one line, as before libvirt 5', async () => {
    const log = `2019-03-02 07:11:02.113+0000: starting up libvirt version: 3.0.0
LC_ALL=C /usr/bin/qemu-system-x86_64 -name guest=x -device vfio-pci,host=0a:00.0
Domain id=1 is tainted: high-privileges
`
    expect(await given(log)).toEqual(['a perhaps bound'])
  })

  test('without its first line, and that of qm showcmd', async () => {
    const rest = LOG.slice(LOG.indexOf('HOME='))
    expect(await given(rest)).toEqual(['a perhaps bound', 'a perhaps bound'])
    const shown =
      '/usr/bin/kvm -id 100 -pidfile /var/run/qemu-server/100.pid -device vfio-pci,host=0000:0a:00.0'
    expect(await given(shown)).toEqual(['a perhaps bound'])
  })

  test('a name that looks like the beginning of a message is part of a command', async () => {
    const one = 'qemu-system-x86_64 -name "my kvm: one" -device vfio-pci,host=0b:00.0'
    expect(await given(`qemu-system-x86_64 -m 1G\n${one}\n`)).toEqual(['b not bound'])
    expect(await given(one)).toEqual(['b not bound'])
  })

  test('another command line binds nothing', async () => {
    expect(await given('qemu-system-x86_64 -device vfio-pci,host=0a:00.0')).toEqual(['a not bound'])
  })
})

describe('what describes no VM is sent where it belongs', () => {
  test.each([
    'logs/arm-board-dmesg.txt',
    'logs/arm-board-qemu.txt',
    'logs/wrapped-libvirt-error.txt',
    'logs/made-kubevirt-events.txt',
    'logs/made-proxmox-mapping.txt',
    'logs/iommu-timeout-amd.txt',
  ])('%s: explain', async (file) => {
    for (const option of [null, 'qemu', 'proxmox'] as const) {
      expect(await given(fixture(file), option)).toMatch(/^it is a log .*: .*vfio-reset explain/)
    }
  })

  test('a log of libvirt that ends before the command', async () => {
    expect(await given(LOG.slice(0, LOG.indexOf('LC_ALL')))).toMatch(/vfio-reset explain/)
  })

  test('mappings of Proxmox, and lspci', async () => {
    expect(await given(fixture('inputs/not-followed/mapping-pci.cfg'))).toContain('--pve-mapping')
    const lspci = '0a:00.0 VGA compatible controller: X\n\tSubsystem: Y\n'
    expect(await given(lspci)).toContain('--capture')
  })
})
