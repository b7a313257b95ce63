import { mapObserved, type Observed } from '../gap.js'
import type { RawFunction } from '../raw-host.js'
import { joinPath, nameOf } from '../tree/tree-path.js'
import { type PciUevent, parsePciUevent } from '../uevent.js'
import { createParser, createSharer, type FieldReader, NONE, parseHex } from './function-fields.js'
import { type FunctionFile, type FunctionFolder, hasFile } from './function-folders.js'

export type FunctionIds = Pick<
  RawFunction,
  'vendorId' | 'deviceId' | 'subsystemVendorId' | 'subsystemDeviceId' | 'classCode' | 'driver'
>

/** Reads who a function is and which driver has it: from `uevent`, and what that does not tell from single attributes. */
export function createIdReader(fields: FieldReader): (folder: FunctionFolder) => FunctionIds {
  const shareNumber = createSharer<number>()
  const shareDriver = createSharer<string>()
  const parseId = createParser(parseHex)

  function orFile(folder: FunctionFolder, value: number | undefined, name: FunctionFile) {
    if (value !== undefined) return shareNumber(value)
    return parseId(fields.text(folder, name), () => joinPath(folder.path, name))
  }

  /** A `uevent` with nothing about the driver says that there is none only together with a missing link. */
  function readDriver(folder: FunctionFolder, told: string | undefined): Observed<string | null> {
    if (told !== undefined) return shareDriver(told)
    if (folder.unlisted === null && !hasFile(folder.files, 'driver')) return NONE
    return mapObserved(fields.link(folder, 'driver'), (target) =>
      target === null ? null : nameOf(target),
    )
  }

  return (folder) => {
    const uevent = readUevent(fields, folder)
    return {
      vendorId: orFile(folder, uevent?.id?.vendor, 'vendor'),
      deviceId: orFile(folder, uevent?.id?.device, 'device'),
      subsystemVendorId: orFile(folder, uevent?.subsystem?.vendor, 'subsystem_vendor'),
      subsystemDeviceId: orFile(folder, uevent?.subsystem?.device, 'subsystem_device'),
      classCode: orFile(folder, uevent?.classCode, 'class'),
      driver: readDriver(folder, uevent?.driver),
    }
  }
}

function readUevent(fields: FieldReader, folder: FunctionFolder): PciUevent | undefined {
  if (!hasFile(folder.files, 'uevent')) return undefined
  const text = fields.text(folder, 'uevent')
  return text.known ? parsePciUevent(text.value) : undefined
}
