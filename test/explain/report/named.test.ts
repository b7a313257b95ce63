import { describe, expect, it } from 'vitest'
import { readLog } from '../../../src/explain/log/read-log.js'
import { isOfAnotherHost } from '../../../src/explain/report/named.js'
import { parsePciAddress } from '../../../src/host/pci-address.js'

function isElsewhere(present: readonly string[], ...lines: readonly string[]): boolean {
  const log = readLog()
  for (const line of lines) log.take(line)
  const functions = present.flatMap((text) => {
    const address = parsePciAddress(text)
    return address === undefined ? [] : [{ address }]
  })
  return isOfAnotherHost(log.finish().messages, { functions })
}

const viable = (address: string): string => `vfio ${address}: group 14 is not viable`

describe('a log that was pasted on some machine', () => {
  it('is of another host where most of the functions that it names are missing', () => {
    const lines = ['0000:01:00.0', '0000:65:00.0', '0000:65:00.1'].map(viable)
    expect(isElsewhere(['0000:01:00.0'], ...lines)).toBe(true)
    expect(isElsewhere(['0000:01:00.0', '0000:65:00.0'], ...lines)).toBe(false)
  })

  it('is of this one where half of them exist, or it names only groups', () => {
    const lines = ['0000:01:00.0', '0000:65:00.0'].map(viable)
    expect(isElsewhere(['0000:01:00.0'], ...lines)).toBe(false)
    expect(isElsewhere(['0000:01:00.0'], 'group 14 is not viable')).toBe(false)
  })

  it('counts a function once, however many messages name it', () => {
    const other = 'vfio: Cannot reset device 0000:65:00.0, no available reset mechanism.'
    const lines = [viable('0000:01:00.0'), viable('0000:65:00.0'), other]
    expect(isElsewhere(['0000:01:00.0'], ...lines)).toBe(false)
  })
})
