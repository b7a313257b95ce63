import type { InputPlace } from './vm-input.js'
import type { XmlElement } from './xml.js'

/** `<address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>`; the domain may be left out. */
export function placeOf(address: XmlElement | undefined): InputPlace | undefined {
  if (address === undefined) return undefined
  const { domain: stated, bus: ofBus, slot, function: ofFunction } = address.attributes
  const domain = stated === undefined ? 0 : numberOf(stated, 0xffff_ffff)
  const bus = numberOf(ofBus, 0xff)
  const device = numberOf(slot, 0x1f)
  const func = ofFunction === undefined ? 0 : numberOf(ofFunction, 7)
  if (domain === undefined || bus === undefined) return undefined
  return device === undefined || func === undefined ? undefined : { domain, bus, device, func }
}

/** As `virStrToLong_uip` with base 0: hexadecimal after `0x`, octal after `0`, else decimal. */
function numberOf(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text)) return undefined
  const base = /^0x/i.test(text) ? 16 : /^0[0-7]+$/.test(text) ? 8 : 10
  const value = Number.parseInt(text.replace(/^0x/i, ''), base)
  return value <= most ? value : undefined
}
