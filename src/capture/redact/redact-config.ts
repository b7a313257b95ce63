import { capabilityOffsets, EXTENDED_START, extendedOffsets } from '../config-lists.js'
import type { Redactor } from './redaction.js'

/** Vital Product Data (`PCI_CAP_ID_VPD`): its address and data registers still hold what was read last. */
const VPD = 0x03
const VPD_LENGTH = 8

/** Device Serial Number (`PCI_EXT_CAP_ID_DSN`): eight bytes behind the header, in NICs made from the MAC. */
const DSN = 0x0003
const DSN_OFFSET = 4
const DSN_LENGTH = 8

/** `rdct`, little endian: begins a serial number that was replaced. */
const MARK = 0x74_63_64_72

/** A configuration space without serial numbers. Capabilities keep their places, so it is walked as before. */
export function redactConfig(bytes: Uint8Array, redactor: Redactor): Uint8Array {
  const config = Buffer.from(bytes)
  const standard = capabilityOffsets(config)
  const extended = extendedOffsets(config)
  // What another capability stands in is no serial number, and the list would be torn.
  const isFree = (at: number, length: number) =>
    ![...standard, ...extended].some((other) => other > at && other < at + length)
  for (const at of standard) {
    const isWhole = at + VPD_LENGTH <= EXTENDED_START
    if (config.readUInt8(at) === VPD && isWhole && isFree(at, VPD_LENGTH)) {
      redactVpd(config, at, redactor)
    }
  }
  for (const at of extended) {
    const isSerial = (config.readUInt32LE(at) & 0xffff) === DSN
    if (isSerial && isFree(at, DSN_OFFSET + DSN_LENGTH)) {
      redactSerial(config, at + DSN_OFFSET, redactor)
    }
  }
  return config
}

function redactVpd(config: Buffer, at: number, redactor: Redactor): void {
  const data = config.subarray(at + 4, at + VPD_LENGTH)
  if (data.every((byte) => byte === 0)) return
  redactor.replace('serial-number', data.toString('hex'), {
    key: data.toString('hex'),
    write: () => 'zeros',
  })
  data.fill(0)
}

function redactSerial(config: Buffer, at: number, redactor: Redactor): void {
  const serial = config.subarray(at, at + DSN_LENGTH)
  if (serial.length < DSN_LENGTH || isBlank(serial) || serial.readUInt32LE(4) === MARK) return
  const printed = printedSerial(serial)
  redactor.replace('serial-number', printed, {
    key: printed,
    write(pseudonym) {
      serial.writeUInt32LE(Number.parseInt(pseudonym.slice(-8), 16), 0)
      serial.writeUInt32LE(MARK, 4)
      return printedSerial(serial)
    },
  })
}

/** As lspci prints it: the most significant byte first. */
function printedSerial(serial: Uint8Array): string {
  return Buffer.from(serial).reverse().toString('hex').match(/../g)?.join('-') ?? ''
}

/** No number was given, or the function is dead. */
function isBlank(serial: Uint8Array): boolean {
  return serial.every((byte) => byte === 0) || serial.every((byte) => byte === 0xff)
}
