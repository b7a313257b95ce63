import { describe, expect, it } from 'vitest'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { type ConditionId, holdsNow, usualPolicy } from '../../src/watching/condition.js'
import { fullAddress, read } from '../support/ask.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, TWO_GROUPS } from '../support/hosts.js'

async function holds(spec: HostSpec, condition: ConditionId, address: string) {
  const host = analyseHost(await read(spec))
  const answer = holdsNow(fullAddress(address), { host, condition, policy: usualPolicy(host) })
  return answer.known ? answer.value : answer.gap.why
}

const HELD: HostSpec = {
  ...GPU,
  holders: [{ pid: 7, command: 'qemu', fd: 3, target: '/dev/vfio/14' }],
}

describe('whether it holds', () => {
  it('that a VFIO driver is bound', async () => {
    expect(await holds(GPU, 'bound', '65:00.0')).toBe(true)
    expect(await holds(GPU, 'bound', '65:00.1')).toBe(false)
    expect(await holds(GPU, 'bound', '66:00.0')).toBe(false)
  })

  it('that it is gone', async () => {
    expect(await holds(GPU, 'gone', '65:00.0')).toBe(false)
    expect(await holds(GPU, 'gone', '66:00.0')).toBe(true)
  })

  it('that a hot reset is permitted', async () => {
    expect(await holds(GPU, 'permitted', '65:00.0')).toBe(false)
    const alone: HostSpec = { ...GPU, functions: GPU.functions.slice(0, 3) }
    expect(await holds(alone, 'permitted', '65:00.0')).toBe(true)
    expect(await holds(TWO_GROUPS, 'permitted', '01:00.0')).toBe(false)
  })

  it('that nobody has it open: by the count where the kernel keeps one, else by processes', async () => {
    const enable = (count: string): HostSpec => ({
      ...GPU,
      files: { 'sys/devices/pci0000:00/0000:00:01.0/0000:65:00.0/enable': count },
    })
    expect(await holds(enable('0\n'), 'released', '65:00.0')).toBe(true)
    expect(await holds(enable('1\n'), 'released', '65:00.0')).toBe(false)
    expect(await holds({ ...HELD, ...enable('1\n') }, 'released', '65:00.0')).toBe(false)
    expect(await holds(GPU, 'released', '66:00.0')).toBe(true)
  })

  it('and where nobody could look, it is unknown', async () => {
    const blind: HostSpec = {
      ...GPU,
      dev: false,
      files: { 'sys/devices/pci0000:00/0000:00:01.0/0000:65:00.0/enable': 'x' },
    }
    expect(await holds(blind, 'released', '65:00.0')).toBe('denied')
  })
})
