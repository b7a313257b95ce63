import { type Gap, known, type Observed, unknown } from '../gap.js'
import type { RawFunction, RawVfioDev } from '../raw-host.js'
import { gapOf, orNone } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'
import {
  createParser,
  createSharer,
  type FieldReader,
  NONE,
  parseDecimal,
  parseHex,
} from './function-fields.js'
import { type FunctionFile, type FunctionFolder, hasFile } from './function-folders.js'

export type FunctionIds = Pick<
  RawFunction,
  'vendorId' | 'deviceId' | 'subsystemVendorId' | 'subsystemDeviceId' | 'classCode' | 'driver'
>

/**
 * Reads who a function is and which driver has it: from `uevent`, and what that does not tell from single attributes. Up to 6.1
 * `uevent_show` waits for the lock of the device, which every reset of it holds: that is worth a line in `gaps`.
 */
export function createIdReader(
  fields: FieldReader,
  gaps: Gap[],
): (folder: FunctionFolder) => FunctionIds {
  const shareNumber = createSharer<number>()
  const shareDriver = createSharer<string>()
  const parseId = createParser(fields, parseHex)

  function orFile(folder: FunctionFolder, value: number | undefined, name: FunctionFile) {
    return value === undefined ? parseId(folder, name) : shareNumber(value)
  }

  /** A `uevent` with nothing about the driver says that there is none only together with a missing link. */
  function readDriver(
    folder: FunctionFolder,
    uevent: PciUevent | undefined,
  ): Observed<string | null> {
    if (uevent?.driver !== undefined) return shareDriver(uevent.driver)
    if (folder.unlisted !== null || hasFile(folder.files, 'driver')) {
      return fields.named(folder, 'driver', (name) => name)
    }
    return uevent === undefined ? fields.none(folder, 'driver') : NONE
  }

  return (folder) => {
    const uevent = readUevent(fields, folder, gaps)
    return {
      vendorId: orFile(folder, uevent?.id?.vendor, 'vendor'),
      deviceId: orFile(folder, uevent?.id?.device, 'device'),
      subsystemVendorId: orFile(folder, uevent?.subsystem?.vendor, 'subsystem_vendor'),
      subsystemDeviceId: orFile(folder, uevent?.subsystem?.device, 'subsystem_device'),
      classCode: orFile(folder, uevent?.classCode, 'class'),
      driver: readDriver(folder, uevent),
    }
  }
}

function readUevent(
  fields: FieldReader,
  folder: FunctionFolder,
  gaps: Gap[],
): PciUevent | undefined {
  if (!hasFile(folder.files, 'uevent')) return undefined
  const text = fields.text(folder, 'uevent')
  if (text.known) return parsePciUevent(text.value)
  if (text.gap.why === 'timeout') gaps.push(text.gap)
  return undefined
}

const VFIO_DEV = /^(?:noiommu-)?vfio\d{1,9}$/

/** `power/runtime_status`; null: no such file. */
export function readRuntimeStatus(
  tree: HostTree,
  fields: FieldReader,
  folder: FunctionFolder,
): Observed<string | null> {
  if (!hasFile(folder.files, 'power')) return fields.none(folder, 'power')
  const path = joinPath(folder.path, 'power/runtime_status')
  const text = tree.readText(path)
  return isFailure(text) ? orNone(tree.origin, path, text, null) : known(text)
}

/** Reads `enable`, how often the function was enabled; null: no such file. */
export function createEnabledReader(
  fields: FieldReader,
): (folder: FunctionFolder) => Observed<number | null> {
  const parseCount = createParser(fields, parseDecimal)
  return (folder) =>
    hasFile(folder.files, 'enable') ? parseCount(folder, 'enable') : fields.none(folder, 'enable')
}

/** `vfio-dev/vfioN`, which exists exactly while a vfio driver has the function registered (6.1+). */
export function readVfioDev(tree: HostTree, folder: FunctionFolder): Observed<RawVfioDev | null> {
  if (folder.unlisted !== null) return unknown(folder.unlisted)
  if (!hasFile(folder.files, 'vfio-dev')) return NONE
  const path = joinPath(folder.path, 'vfio-dev')
  const names = tree.list(path)
  if (isFailure(names)) return unknown(gapOf(tree.origin, path, names))
  const name = names.find((each) => VFIO_DEV.test(each))
  if (name === undefined) return NONE
  const files = tree.list(joinPath(path, name))
  if (isFailure(files)) return unknown(gapOf(tree.origin, joinPath(path, name), files))
  return known({ name, cdev: files.includes('dev') })
}

/** What `pci_uevent` and the driver core print of a function; undefined: no such line, or not of that form. */
export interface PciUevent {
  readonly driver: string | undefined
  /** 24 bits: class, subclass, programming interface. */
  readonly classCode: number | undefined
  readonly id: IdPair | undefined
  readonly subsystem: IdPair | undefined
}

export interface IdPair {
  readonly vendor: number
  readonly device: number
}

/** Parses the `uevent` file of a PCI function: one read gives what would take six attributes. */
export function parsePciUevent(text: string): PciUevent {
  return {
    driver: lineValue(text, 'DRIVER='),
    classCode: parseClass(lineValue(text, 'PCI_CLASS=')),
    id: parseIds(lineValue(text, 'PCI_ID=')),
    subsystem: parseIds(lineValue(text, 'PCI_SUBSYS_ID=')),
  }
}

function lineValue(text: string, key: string): string | undefined {
  let at = text.indexOf(key)
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(key, at + 1)
  if (at < 0) return undefined
  const end = text.indexOf('\n', at)
  return text.slice(at + key.length, end < 0 ? undefined : end)
}

/** `%04X`: leading zeros of the class are not printed. */
function parseClass(value: string | undefined): number | undefined {
  return value !== undefined && /^[0-9A-F]{1,6}$/i.test(value)
    ? Number.parseInt(value, 16)
    : undefined
}

function parseIds(value: string | undefined): IdPair | undefined {
  if (value === undefined || !/^[0-9A-F]{4}:[0-9A-F]{4}$/i.test(value)) return undefined
  return {
    vendor: Number.parseInt(value.slice(0, 4), 16),
    device: Number.parseInt(value.slice(5), 16),
  }
}
