import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Uevent, ueventReader } from '../../src/watching/uevent.js'

/** As `udevadm monitor --kernel --property --subsystem-match=pci` of systemd 252 prints it. */
const OUTPUT = `monitor will print the received events for:
KERNEL - the kernel uevent

KERNEL[1037.264310] unbind   /devices/pci0000:00/0000:00:03.0 (pci)
ACTION=unbind
DEVPATH=/devices/pci0000:00/0000:00:03.0
SUBSYSTEM=pci
PCI_CLASS=20000
PCI_ID=1AF4:1041
PCI_SLOT_NAME=0000:00:03.0
SEQNUM=1291

KERNEL[1037.300000] bind     /devices/pci0000:00/0000:00:03.0 (pci)
ACTION=bind
DEVPATH=/devices/pci0000:00/0000:00:03.0
SUBSYSTEM=pci
DRIVER=vfio-pci
SEQNUM=1292

KERNEL[1037.400000] remove   /devices/x (pci)
ACTION=remove
DEVPATH=/devices/x
SEQNUM=1293

`

function eventsOf(...pieces: readonly string[]): readonly Uevent[] {
  const events: Uevent[] = []
  const take = ueventReader((event) => events.push(event))
  for (const piece of pieces) take(piece)
  return events
}

const EVENTS = [
  { action: 'unbind', address: '0000:00:03.0', driver: null },
  { action: 'bind', address: '0000:00:03.0', driver: 'vfio-pci' },
  { action: 'remove', address: null, driver: null },
]

it('reads what udevadm prints, wherever the pieces end', () => {
  expect(eventsOf(OUTPUT)).toEqual(EVENTS)
  fc.assert(
    fc.property(fc.nat({ max: OUTPUT.length }), (at) => {
      expect(eventsOf(OUTPUT.slice(0, at), OUTPUT.slice(at))).toEqual(EVENTS)
    }),
  )
})

it('keeps no more of what never ends than an event can have', () => {
  const take = ueventReader(() => undefined)
  for (let index = 0; index < 500; index++) take('x'.repeat(65_536))
  expect(eventsOf('y'.repeat(70_000), '\n\nACTION=add\n\n')).toEqual([
    { action: 'add', address: null, driver: null },
  ])
})
