import { describe, expect, it } from 'vitest'
import { createSilence } from '../../../src/host/watch/silent-paths.js'

const BUS = '/sys/devices/pci0000:00/0000:00:01.0'
const OTHER = '/sys/devices/pci0000:00/0000:00:02.0/0000:05:00.0/uevent'
const GROUP = '/sys/kernel/iommu_groups/25/devices'

function leftAlone(silent: readonly string[], path: string, byName = false): boolean {
  const wish = { careful: true, keptLength: 0, silent, byName }
  return createSilence(wish)(path) !== null
}

describe('what gave no answer', () => {
  it('is left alone, and nothing else', () => {
    expect(leftAlone([], OTHER)).toBe(false)
    expect(leftAlone([OTHER], OTHER)).toBe(true)
    expect(leftAlone([OTHER], `${BUS}/0000:01:00.0/uevent`)).toBe(false)
  })

  it('stands for what is beside it once there are two', () => {
    const two = [`${BUS}/0000:01:00.0/uevent`, `${BUS}/0000:01:00.1/uevent`]
    expect(leftAlone(two, `${BUS}/0000:01:00.2/uevent`)).toBe(true)
    expect(leftAlone(two, `${BUS}/0000:01:00.2/config`)).toBe(false)
    expect(leftAlone(two, OTHER)).toBe(false)
  })

  it('stands for all of its kind where there is no time', () => {
    expect(leftAlone([`${BUS}/0000:01:00.0/uevent`], OTHER, true)).toBe(true)
    expect(leftAlone([GROUP], '/sys/kernel/iommu_groups/7/devices', true)).toBe(true)
  })

  it('is of another kind where folders of other names are', () => {
    // The list of all functions is not the list of a group's, though both are called devices.
    expect(leftAlone([GROUP], '/sys/bus/pci/devices', true)).toBe(false)
    expect(leftAlone(['/proc/net/route'], `${BUS}/route`, true)).toBe(false)
  })
})
