import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/cli/errors.js'
import { isHookCalling, parseHookCall } from '../../../src/cli/input/hook-call.js'

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')

describe('libvirt', () => {
  it('asks before a start, and at no other time', () => {
    expect(parseHookCall(words('libvirt win10 prepare begin -'))).toEqual({
      do: 'libvirt',
      name: 'win10',
    })
    for (const operation of [
      'prepare end',
      'start begin',
      'started begin',
      'stopped end',
      'release end',
      'migrate begin',
      'restore begin',
      'reconnect begin',
      'attach begin',
      'something-new begin',
    ]) {
      expect(parseHookCall(words(`libvirt win10 ${operation} -`)), operation).toEqual({
        do: 'nothing',
      })
    }
  })
})

describe('Proxmox', () => {
  it('asks before a start, and at no other time', () => {
    expect(parseHookCall(words('proxmox 100 pre-start'))).toEqual({ do: 'proxmox', vmid: '100' })
    for (const phase of ['post-start', 'pre-stop', 'post-stop', 'something-new']) {
      expect(parseHookCall(words(`proxmox 100 ${phase}`)), phase).toEqual({ do: 'nothing' })
    }
  })

  it('takes nothing but a number for a guest, since it becomes part of a path', () => {
    for (const vmid of ['../100', '100/..', 'a', '']) {
      expect(() => parseHookCall(['proxmox', vmid, 'pre-start']), vmid).toThrow(UsageError)
    }
  })
})

it('systemd passes on what the unit says', () => {
  expect(parseHookCall(words('systemd 65:00.0 65:00.1'))).toEqual({
    do: 'systemd',
    devices: ['65:00.0', '65:00.1'],
  })
})

describe('somebody who tries it by hand', () => {
  it.each(['', 'xen', 'libvirt', 'libvirt win10', 'proxmox', 'proxmox 100'])('"%s"', (text) => {
    expect(() => parseHookCall(words(text))).toThrow(UsageError)
    expect(isHookCalling(words(text))).toBe(false)
  })

  it.each(['libvirt win10 prepare begin -', 'proxmox 100 pre-start', 'systemd 65:00.0'])(
    'is told from "%s"',
    (text) => {
      expect(isHookCalling(words(text))).toBe(true)
    },
  )
})
