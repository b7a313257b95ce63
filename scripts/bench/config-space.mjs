// Configuration space of a synthetic function: header and capabilities as `lspci -vvv` decodes them.

const PM = 0x40
const MSI = 0x50
const EXPRESS = 0x70
const MSIX = 0xb0

/**
 * The bytes of `config`: 4,096 for PCIe, 256 for conventional PCI. `buses` numbers what is below a bridge, `vfs` counts
 * those of a PF; both null elsewhere. A VF answers all ones for its ID.
 */
export function encodeConfig({ model, multifunction, isVf, buses, vfs }) {
  const bytes = Buffer.alloc(model.type === null ? 256 : 4096)
  writeHeader(bytes, { model, multifunction, isVf, buses })
  writePowerManagement(bytes, model)
  if (model.type === null) return bytes
  writeExpress(bytes, model)
  writeMsi(bytes)
  writeExtended(bytes, model, vfs)
  return bytes
}

function writeHeader(bytes, { model, multifunction, isVf, buses }) {
  bytes.writeUInt16LE(isVf ? 0xffff : model.vendor, 0x00)
  bytes.writeUInt16LE(isVf ? 0xffff : model.device, 0x02)
  bytes.writeUInt16LE(0x0406, 0x04)
  bytes.writeUInt16LE(0x0010, 0x06)
  bytes.writeUIntLE(model.class, 0x09, 3)
  bytes.writeUInt8((buses === null ? 0 : 1) | (multifunction ? 0x80 : 0), 0x0e)
  bytes.writeUInt8(PM, 0x34)
  if (buses === null) {
    bytes.writeUInt16LE(model.vendor, 0x2c)
    bytes.writeUInt16LE(0x0001, 0x2e)
    bytes.writeUInt32LE(0xc000_000c, 0x10)
    return
  }
  bytes.set([buses.primary, buses.secondary, buses.subordinate], 0x18)
}

function writePowerManagement(bytes, { type }) {
  bytes.set([0x01, type === null ? 0 : MSI, 0x03, 0x00, 0x08, 0x00], PM)
}

function writeExpress(bytes, { type, flr }) {
  const isPort = type === 4 || type === 6
  bytes.set([0x10, MSIX], EXPRESS)
  bytes.writeUInt16LE(0x0002 | (type << 4) | (isPort ? 0x0100 : 0), EXPRESS + 0x02)
  bytes.writeUInt32LE(0x0000_8001 | (flr ? 0x1000_0000 : 0), EXPRESS + 0x04)
  bytes.writeUInt16LE(0x5930, EXPRESS + 0x08)
  bytes.writeUInt32LE(0x0041_7d03, EXPRESS + 0x0c)
  bytes.writeUInt16LE(isPort ? 0x3103 : 0x1103, EXPRESS + 0x12)
  if (isPort) bytes.writeUInt32LE(type === 6 ? 0x0008_0040 : 0, EXPRESS + 0x14)
  bytes.writeUInt32LE(0x0000_0020, EXPRESS + 0x24)
}

function writeMsi(bytes) {
  bytes.set([0x05, EXPRESS, 0x81, 0x00, 0x00, 0x00, 0xe0, 0xfe], MSI)
  bytes.set([0x11, 0x00, 0x3f, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00], MSIX)
}

function writeExtended(bytes, { acs, ari }, vfs) {
  const parts = [{ id: 0x01, at: 0x100, write: writeErrors }]
  if (acs !== null) parts.push({ id: 0x0d, at: 0x150, write: writeAcs(acs) })
  if (ari) parts.push({ id: 0x0e, at: 0x160, write: () => undefined })
  if (vfs !== null) parts.push({ id: 0x10, at: 0x170, write: writeSriov(vfs) })
  parts.push({ id: 0x03, at: 0x1c0, write: (at) => bytes.writeUInt32LE(0x1234_5678, at + 4) })
  for (const [index, { id, at, write }] of parts.entries()) {
    const next = parts[index + 1]?.at ?? 0
    bytes.writeUInt32LE(((next << 20) | 0x10000 | id) >>> 0, at)
    write(at, bytes)
  }
}

function writeErrors(at, bytes) {
  bytes.writeUInt32LE(0x0046_2030, at + 0x0c)
  bytes.writeUInt32LE(0x0000_2000, at + 0x14)
  bytes.writeUInt32LE(0x0000_00a0, at + 0x18)
}

function writeAcs({ capability, control }) {
  return (at, bytes) => {
    bytes.writeUInt16LE(capability, at + 4)
    bytes.writeUInt16LE(control, at + 6)
  }
}

function writeSriov({ total, count, offset, stride, device }) {
  return (at, bytes) => {
    bytes.writeUInt32LE(0x0000_0002, at + 0x04)
    bytes.writeUInt16LE(count > 0 ? 0x0019 : 0, at + 0x08)
    bytes.writeUInt16LE(total, at + 0x0c)
    bytes.writeUInt16LE(total, at + 0x0e)
    bytes.writeUInt16LE(count, at + 0x10)
    bytes.writeUInt16LE(offset, at + 0x14)
    bytes.writeUInt16LE(stride, at + 0x16)
    bytes.writeUInt16LE(device, at + 0x1a)
    bytes.writeUInt32LE(0x0000_0553, at + 0x1c)
    bytes.writeUInt32LE(0x0000_0001, at + 0x20)
  }
}
