import { type PciAddress, parsePciAddress } from '../host/pci-address.js'

/** What the kernel tells of a device that came, went or changed (`kobject_uevent_env`), as far as it is about a PCI function. */
export interface Uevent {
  /** `add`, `remove`, `change`, `bind`, `unbind`, `move`. */
  readonly action: string
  /** The function; null: the event is about something else. */
  readonly address: PciAddress | null
  /** Driver that it is about; null: none. */
  readonly driver: string | null
}

/** More characters of a block than any event has are thrown away. */
const MOST_LENGTH = 65_536

/** Reads the blocks of `KEY=value` lines that `udevadm monitor --property` prints; an event is told when its block ends. */
export function ueventReader(tell: (event: Uevent) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const blocks = (rest + text).split('\n\n')
    rest = (blocks.pop() ?? '').slice(0, MOST_LENGTH)
    for (const block of blocks) {
      const event = ueventOf(block)
      if (event !== null) tell(event)
    }
  }
}

/** null: a banner, and no event. */
function ueventOf(block: string): Uevent | null {
  const value = (key: string): string | null => {
    const line = block.split('\n').find((each) => each.startsWith(`${key}=`))
    return line === undefined ? null : line.slice(key.length + 1)
  }
  const action = value('ACTION')
  if (action === null) return null
  const address = parsePciAddress(value('PCI_SLOT_NAME') ?? lastPart(value('DEVPATH')))
  return { action: action.slice(0, 64), address: address ?? null, driver: value('DRIVER') }
}

function lastPart(path: string | null): string {
  return path?.slice(path.lastIndexOf('/') + 1) ?? ''
}
