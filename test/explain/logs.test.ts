import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ExplainedMessage, ExplainReport } from '../../src/explain/report/document.js'
import { explained } from './report/explain-of.js'

async function logReport(name: string): Promise<ExplainReport> {
  const path = fileURLToPath(new URL(`../../fixtures/logs/${name}.txt`, import.meta.url))
  return (await explained(null, ...readFileSync(path, 'utf8').split('\n'))).report
}

/** The messages of a log that are not harmless. */
async function serious(name: string): Promise<readonly ExplainedMessage[]> {
  return (await logReport(name)).messages.filter(({ why }) => why !== 'harmless')
}

describe('a whole log', () => {
  it('a bus reset that the device does not survive is one story, and none of power saving', async () => {
    const { messages, unknown } = await logReport('bus-reset-kills-sata')
    expect(unknown).toEqual([])
    expect(messages).toMatchObject([
      {
        id: 'reset-lost-link',
        answer: 'The device does not answer any more.',
        devices: ['0000:03:00.0', '0000:00:1c.6'],
        matters: true,
      },
    ])
    const [story] = messages
    expect(new Set(story?.evidence.map(({ id }) => id))).toEqual(
      new Set(['link-training-failed', 'not-ready', 'power-inaccessible']),
    )
    expect(`${story?.meaning} ${story?.hint}`).not.toMatch(/D3cold|resume|idle_d3/)
    expect(story?.hint).toContain('reset_method does not keep VFIO from it')
  })

  it('lspci afterwards says of which function it is', async () => {
    const { messages, unknown } = await logReport('sata-lspci-after')
    expect(messages).toMatchObject([{ id: 'dead-device', devices: ['0000:03:00.0'] }])
    expect(unknown).toEqual([])
  })

  it('an IOMMU that waits is a consequence, of one function', async () => {
    const messages = await serious('iommu-timeout-amd')
    expect(messages).toMatchObject([
      { id: 'iommu-no-answer', devices: ['0000:0b:00.0'], matters: true },
    ])
    expect(messages[0]?.evidence.map(({ id }) => id)).toEqual([
      'vendor-reset-log',
      'vendor-reset-trouble',
      'iommu-stalled',
    ])
    expect(messages[0]?.meaning).toContain('a consequence, not the cause')
  })

  it('two lines of one failed mapping get one verdict, that of the line with the address', async () => {
    const { messages } = await logReport('map-dma-pair')
    expect(messages).toMatchObject([
      { id: 'p2p-map-failed', answer: 'Harmless.', matters: false, evidence: [{ count: 2 }] },
    ])
  })

  it('VFs that went with their PF are the reason for the VF that is not found', async () => {
    const messages = await serious('igpu-all-functions')
    expect(messages).toMatchObject([
      {
        id: 'vfs-gone',
        answer: 'The VM does not start.',
        devices: ['0000:00:02.1', '0000:00:02.0'],
      },
    ])
    expect(messages[0]?.hint).toContain('Name one VF alone')
  })

  it('a message that somebody wrapped has its function and its group', async () => {
    const { messages, unknown } = await logReport('wrapped-libvirt-error')
    expect(messages).toMatchObject([
      { id: 'dma-map-failed', errno: 'ENOMEM', devices: ['0000:35:00.0'], groups: [75] },
    ])
    expect(messages[0]?.evidence).toHaveLength(1)
    expect(unknown).toEqual([])
  })

  it('a boot framebuffer, and a file that a container does not find', async () => {
    expect(await serious('boot-framebuffer')).toMatchObject([
      { id: 'bar-busy', devices: ['0000:c3:00.0'], matters: true },
    ])
    expect(await serious('container-no-cdev-node')).toMatchObject([
      { id: 'node-missing', answer: 'The VM does not start.', matters: true },
    ])
  })

  it('a GPU that does not come out of sleep', async () => {
    expect(await serious('nvidia-resume')).toMatchObject([
      { id: 'gave-up', devices: ['0000:01:00.0'] },
    ])
  })

  it.each([
    ['made-dpc', 'aer-recovery-failed', ['0000:40:01.1', '0000:41:00.0']],
    ['made-amdgpu', 'gpu-reset-failed', ['0000:0b:00.0']],
    ['made-proxmox-mapping', 'mapping-stale', []],
    ['made-kubevirt-events', 'group-not-viable', ['0000:01:00.0']],
  ])('%s is one event', async (name, id, devices) => {
    expect(await serious(name)).toMatchObject([{ id, devices }])
  })

  it('a listing is said to be none', async () => {
    const { listing, messages, unknown } = await logReport('group-listing')
    expect({ listing, messages, unknown }).toEqual({
      listing: 'iommu-groups',
      messages: [],
      unknown: [],
    })
  })
})

describe('cures', () => {
  it('of an ARM board speak of nothing that only PCs have', async () => {
    const { messages, platform } = await logReport('arm-board-qemu')
    expect(platform.processor).toBe('arm')
    expect(messages.map(({ id }) => id)).toEqual(['map-refused', 'container-refused'])
    const words = JSON.stringify(
      messages.map(({ meaning, hint, causes }) => [meaning, hint, causes]),
    )
    expect(words).not.toMatch(/VT-d|AMD-Vi|intel_iommu|phys-bits|RMRR|HPE?\b/)
  })

  it('of a machine that is not known speak of no one platform as if it were that', async () => {
    const [message] = await serious('arm-board-dmesg')
    expect(message).toMatchObject({ id: 'probe-failed', devices: ['0001:01:00.0'] })
    expect(message?.hint).toMatch(
      /^Look whether the platform has an IOMMU .* device tree \(iommu-map\) or ACPI \(IORT\).* no-IOMMU mode/,
    )
    expect(message?.hint).not.toMatch(/VT-d|intel_iommu/)
  })

  const hintOf = async (...lines: readonly string[]): Promise<string> => {
    const { report } = await explained(null, ...lines)
    return report.messages.find(({ id }) => id === 'probe-failed')?.hint ?? ''
  }
  const FAILED = 'vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error -22'

  it('follow the signs of the log', async () => {
    expect(await hintOf('DMAR: Host address width 39', FAILED)).toContain('intel_iommu=on')
    const amd = await hintOf('AMD-Vi: Interrupt remapping enabled', FAILED)
    expect(amd).toContain('AMD-Vi')
    expect(amd).not.toContain('intel_iommu')
    const guest = await hintOf('Hypervisor detected: KVM', 'DMAR: Host address width 39', FAILED)
    expect(guest).toContain('hypervisor')
    expect(guest).not.toContain('firmware')
    const parameters = await hintOf('Command line: intel_iommu=on amd_iommu=on', FAILED)
    expect(parameters).toMatch(/^Look whether/)
  })
})
