import { traces } from './traces.js'
import {
  type Found,
  type ListedFunction,
  type NotFollowed,
  parsePlace,
  quoted,
  type VmInput,
  vmInput,
} from './vm-input.js'

/** `BIND=0000:03:00.0|8086:1521 …`, in the first releases that had the file without the IDs. */
const BIND = /^[ \t]*BIND="?[ \t]*([0-9a-f]{2,8}:[^"#]*)"?/i

/** Whether the text is the list of functions that unRAID binds to vfio-pci when it boots. */
export function isUnraidList(text: string): boolean {
  return text.split('\n').some((line) => BIND.test(line))
}

/** What `vfio-pci.cfg` of unRAID gives away. A function whose IDs are others than the list says is not bound there. */
export function parseUnraidList(text: string): VmInput {
  const words = text.split('\n').flatMap((line) => BIND.exec(line)?.[1]?.trim().split(/\s+/) ?? [])
  const others = text.split('\n').filter((line) => !BIND.test(line) && !/^\s*#/.test(line))
  return vmInput(null, [...given(words.map(unraidEntry), 'managed'), ...traces(others)])
}

function unraidEntry(word: string): ListedFunction | NotFollowed {
  const [address = '', ids = ''] = word.split('|')
  const place = parsePlace(address)
  const [, vendor = null, device = null] = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(ids) ?? []
  if (place === undefined || (ids !== '' && vendor === null)) {
    return { cause: 'no-address', text: quoted(word) }
  }
  return { place, vendor: hex(vendor), device: hex(device), text: quoted(word) }
}

function hex(digits: string | null): number | null {
  return digits === null ? null : Number.parseInt(digits, 16)
}

/** A line of `driverctl list-overrides` or `list-devices`, with `-v` too: address, driver, `[*]` where it is an override. */
const OVERRIDE =
  /^([0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]) (\S{1,64})((?: \[\*\])?)(?: \(.*\))?[ \t\r]*$/i

export function isDriverctlList(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 0 && lines.every((line) => OVERRIDE.test(line))
}

/** What driverctl has put on a driver of VFIO; of a list of all functions with a mark those that have it. */
export function parseDriverctlList(text: string): VmInput {
  const rows = text.split('\n').flatMap((line) => {
    const [, address = '', driver = '', mark = ''] = OVERRIDE.exec(line) ?? []
    return address === '' ? [] : [{ address, driver, isMarked: mark !== '' }]
  })
  const isOfAll = rows.some(({ isMarked }) => isMarked)
  const entries = rows
    .filter(({ driver, isMarked }) => /vfio/i.test(driver) && (isMarked || !isOfAll))
    .map(({ address, driver }): ListedFunction | NotFollowed => {
      const place = parsePlace(address)
      const text = quoted(`${address} ${driver}`)
      return place === undefined
        ? { cause: 'no-address', text }
        : { place, vendor: null, device: null, text }
    })
  return vmInput(null, given(entries, 'unmanaged'))
}

function given(
  entries: readonly (ListedFunction | NotFollowed)[],
  managed: 'managed' | 'unmanaged',
): readonly Found[] {
  const functions = entries.filter((each) => 'place' in each)
  const unread = entries.filter((each) => 'cause' in each)
  if (functions.length === 0) return unread
  const which = { by: 'list', functions } as const
  return [{ which, managed: managed === 'managed', via: null, token: null }, ...unread]
}
