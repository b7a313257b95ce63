import { describe, expect, it } from 'vitest'
import { renderExplain } from '../../../src/explain/report/text.js'
import { endpoint, type FunctionSpec, rootPort } from '../../support/functions.js'
import type { HostSpec } from '../../support/host-spec.js'
import { GPU, TWO_GROUPS, VIRTUAL_BUS } from '../../support/hosts.js'
import { flowing, PIPE, terminal } from '../../support/report-of.js'
import { explained } from './explain-of.js'

async function text(spec: HostSpec | null, ...lines: readonly string[]): Promise<string> {
  const { report, host } = await explained(spec, ...lines)
  return renderExplain(report, host, PIPE)
}

const VIABLE = 'vfio 0000:65:00.0: group 14 is not viable'

it('says what happened, whether it matters, the cause, and what is true now', async () => {
  const words = flowing(await text(GPU, VIABLE))
  expect(words).toContain('QEMU: a neighbour in the IOMMU group is bound to a host driver')
  expect(words).toMatch(/^The VM does not start\. QEMU: /)
  expect(words).toContain(
    'A member of the group is bound to a host driver. That is so on this host now (0000:65:00.1).',
  )
  expect(words).toContain('0000:65:00.0 on this host, now')
  expect(words).toContain('echo vfio-pci > /sys/bus/pci/devices/0000:65:00.1/driver_override')
})

it('a device file that is there: whoever hands it out holds an older name', async () => {
  const line = 'lstat /dev/vfio/14: no such file or directory'
  const bound = {
    ...GPU,
    functions: GPU.functions.map((each) =>
      each.group === 14 ? { ...each, driver: 'vfio-pci' } : each,
    ),
  }
  expect(flowing(await text(bound, line))).toContain(
    'So the device file exists on this host now: restart the device plugin',
  )
  expect(
    flowing(
      await text({ ...GPU, functions: GPU.functions.map(({ driver: _, ...each }) => each) }, line),
    ),
  ).not.toContain('So the device file')
})

const ASM1062: HostSpec = {
  functions: [
    rootPort('0000:00:1c.6', { secondary: '03', group: 11 }),
    endpoint('0000:03:00.0', {
      id: '1b21:0612',
      group: 12,
      driver: 'vfio-pci',
      resetMethods: 'pm bus\n',
    }),
  ],
}

it('a device that does not survive a bus reset: said where the log shows it, and only there', async () => {
  const sentence = 'The log shows that the function did not come back from a reset.'
  const dead = 'vfio-pci 0000:03:00.0: not ready 65535ms after bus reset; giving up'
  expect(flowing(await text(ASM1062, dead))).toContain(sentence)
  const plain = flowing(
    await text(ASM1062, 'vfio-pci 0000:03:00.0: enabling device (0000 -> 0002)'),
  )
  expect(plain).not.toContain('did not come back')
  expect(plain).not.toContain('does not survive')
})

it('explains the same diagnosis once in a log', async () => {
  const words = await text(
    TWO_GROUPS,
    'vfio: Cannot reset device 0000:01:00.0, depends on group 11 which is not owned.',
    'vfio: Cannot reset device 0000:01:00.1, depends on group 10 which is not owned.',
    'vfio: Cannot reset device 0000:01:00.1, depends on group 10 which is not owned.',
  )
  expect(words.match(/QEMU wanted to hot-reset the function/g)).toHaveLength(1)
  expect(words.match(/Harmless for the start of a VM\./g)).toHaveLength(2)
  expect(flowing(words)).toContain('(2 times, first in line 2)')
})

it('lists what is harmless beside what is not, and explains it where it is all there is', async () => {
  const harmless = 'pci 0000:00:00.0: Adding to iommu group 0'
  expect(flowing(await text(null, VIABLE, harmless))).toContain(
    'Also there, and harmless: • Linux: a function got its IOMMU group (line 2)',
  )
  expect(flowing(await text(null, harmless))).toMatch(/^Harmless\. .*Why: The kernel notes/)
})

it('says where the log and the host do not belong together', async () => {
  const absent = flowing(await text(GPU, VIABLE.replace('65:00.0', '66:00.0')))
  expect(absent).toContain('There is no 0000:66:00.0 on this host')
  const strange = flowing(await text(GPU, VIABLE.replace('group 14', 'group 99')))
  expect(strange).toContain('does not affect group 99')
})

it('tells a VF that a hot reset is the wrong path (qemu-devel, 2021-01-04)', async () => {
  const words = flowing(
    await text(
      VIRTUAL_BUS,
      'qemu-system-ppc64: vfio: Cannot reset device 0000:41:00.0, depends on group 0 which is not owned.',
    ),
  )
  expect(words).toContain('The function is a VF, and FLR is its reset')
  expect(words).not.toContain('What to do')
})

it('says once that a log is from another host', async () => {
  const { report } = await explained(null, VIABLE, VIABLE.replace('65:00.0', '66:00.0'))
  const words = flowing(renderExplain({ ...report, elsewhere: true }, null, PIPE))
  expect(words.match(/The log is of another host/g)).toHaveLength(1)
  expect(words).toMatch(
    /^The VM does not start\. .* 0000:65:00\.0, 0000:66:00\.0 are not on the one looked at, .* --capture FILE\. $/,
  )
})

it('does not begin with “Harmless” where lines are not known that may matter', async () => {
  const harmless = 'vfio-pci 0000:65:00.0: enabling device (0000 -> 0003)'
  const strange = 'somed[1]: vfio thing of 0000:65:00.0 failed badly: no frobnication'
  expect(flowing(await text(null, harmless))).toMatch(/^Harmless/)
  expect(flowing(await text(null, harmless, strange))).toMatch(/^1 kind of line is not known, /)
})

it('says what was left out of a log with too many messages', async () => {
  const many = Array.from({ length: 201 }, (_, group) =>
    VIABLE.replace('group 14', `group ${group}`),
  )
  expect(flowing(await text(null, ...many))).toContain(
    '1 more message left out: • a neighbour in the IOMMU group is bound to a host driver (1)',
  )
})

it('says what helps again where another errno needs something else', async () => {
  const words = flowing(
    await text(
      null,
      'kvm: VFIO_MAP_DMA failed: Cannot allocate memory',
      'kvm: VFIO_MAP_DMA failed: Bad address',
    ),
  )
  expect(words.match(/VFIO pins all memory/g)).toHaveLength(1)
  expect(words.match(/What to do:/g)).toHaveLength(2)
})

it('does not comfort with a reset of the function where that is what failed', async () => {
  const comfort = 'VM start uses'
  const foreign = 'vfio: Cannot reset device 0000:01:00.0, depends on group 11 which is not owned.'
  const failed = 'VFIO_DEVICE_RESET on 0000:01:00.0: -1 ENOTTY'
  expect(flowing(await text(TWO_GROUPS, foreign))).toContain(comfort)
  const words = flowing(await text(TWO_GROUPS, failed))
  expect(words).toContain('The reset of the function alone is what failed')
  expect(words).not.toContain(comfort)
})

it('shows power, death and the resets that the kernel offers where they settle it', async () => {
  const state = (over: Partial<FunctionSpec>): HostSpec => ({
    ...GPU,
    functions: GPU.functions.map((each) => ({ ...each, ...over })),
  })
  const power =
    'vfio-pci 0000:65:00.0: Unable to change power state from D3cold to D0, device inaccessible'
  expect(await text(state({ powerState: 'D3cold' }), power)).toContain('Its power state is D3cold.')
  expect(await text(state({ config: 'ones' }), power)).toContain('does not answer:')
  expect(await text(GPU, power)).not.toContain('What to do\n')
  const method = "vfio-pci 0000:65:00.0: Unsupported reset method 'device_specific'"
  expect(flowing(await text(state({ resetMethods: 'pm bus' }), method))).toContain(
    'The kernel offers pm and bus (reset_method)',
  )
  expect(await text(state({ resetMethods: '' }), method)).toContain('Its reset_method is empty')
})

it('has the nearest for what is not known, and says when nothing is', async () => {
  expect(flowing(await text(null, 'group is not owned by the caller of reset'))).toContain(
    'The nearest that are known: • QEMU: vfio: Cannot reset device',
  )
  expect(flowing(await text(null, 'a', 'b'))).toContain(
    'None of the 2 lines is a message that is known here.',
  )
})

it('cannot be used to act on a terminal', async () => {
  const evil = `${VIABLE} \u009b2J\u202e\u0007`
  const words = await text(null, evil)
  for (const sign of ['\u009b', '\u202e', '\u0007']) expect(words).not.toContain(sign)
})

describe('narrow terminals', () => {
  it('get no line that is too long, commands aside', async () => {
    const { report, host } = await explained(GPU, VIABLE)
    for (const line of renderExplain(report, host, terminal(60)).split('\n')) {
      if (!line.startsWith('      ')) expect(line.length, line).toBeLessThanOrEqual(60)
    }
  })
})
