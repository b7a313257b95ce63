import { type FieldReader, NONE, parsed, parseHex } from './function-fields.js'
import { type FunctionFile, type FunctionFolder, hasFile } from './function-folders.js'
import { known, mapObserved, type Observed } from './gap.js'
import type { RawFunction } from './raw-host.js'
import { joinPath, nameOf } from './tree-path.js'
import { type PciUevent, parsePciUevent } from './uevent.js'

export type FunctionIds = Pick<
  RawFunction,
  'vendorId' | 'deviceId' | 'subsystemVendorId' | 'subsystemDeviceId' | 'classCode' | 'driver'
>

/** Who a function is and which driver has it: from `uevent`, and what that does not tell from the single attributes. */
export function readFunctionIds(fields: FieldReader, folder: FunctionFolder): FunctionIds {
  const uevent = readUevent(fields, folder)
  const orFile = (value: number | undefined, name: FunctionFile): Observed<number> =>
    value === undefined
      ? parsed(fields.text(folder, name), joinPath(folder.path, name), parseHex)
      : known(value)
  return {
    vendorId: orFile(uevent?.id?.vendor, 'vendor'),
    deviceId: orFile(uevent?.id?.device, 'device'),
    subsystemVendorId: orFile(uevent?.subsystem?.vendor, 'subsystem_vendor'),
    subsystemDeviceId: orFile(uevent?.subsystem?.device, 'subsystem_device'),
    classCode: orFile(uevent?.classCode, 'class'),
    driver: readDriver(fields, folder, uevent),
  }
}

function readUevent(fields: FieldReader, folder: FunctionFolder): PciUevent | undefined {
  if (!hasFile(folder.files, 'uevent')) return undefined
  const text = fields.text(folder, 'uevent')
  return text.known ? parsePciUevent(text.value) : undefined
}

/** A `uevent` with nothing about the driver says that there is none only together with a missing link. */
function readDriver(
  fields: FieldReader,
  folder: FunctionFolder,
  uevent: PciUevent | undefined,
): Observed<string | null> {
  if (uevent?.driver !== undefined) return known(uevent.driver)
  if (folder.unlisted === null && !hasFile(folder.files, 'driver')) return NONE
  return mapObserved(fields.link(folder, 'driver'), (target) =>
    target === null ? null : nameOf(target),
  )
}
