import { type Gap, type Known, known, type Observed, unknown } from '../gap.js'
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
import { type FunctionFolder, hasFile } from './function-folders.js'

export type FunctionIds = Pick<
  RawFunction,
  'vendorId' | 'deviceId' | 'subsystemVendorId' | 'subsystemDeviceId' | 'classCode' | 'driver'
>

/**
 * Reads who a function is and which driver has it: from `uevent`, and what that does not tell from single attributes. Up to 6.1
 * `uevent_show` waits for the lock of the device, which every reset of it holds: that is worth a line in `gaps`.
 */
export function createIdReader(
  tree: HostTree,
  fields: FieldReader,
  gaps: Gap[],
): (folder: FunctionFolder) => FunctionIds {
  const parseUevent = createUeventParser()
  const parseId = createParser(fields, parseHex)

  function readUevent(folder: FunctionFolder): FactsOfUevent | undefined {
    if (!hasFile(folder.files, 'uevent')) return undefined
    const path = joinPath(folder.path, 'uevent')
    const text = tree.readText(path)
    if (!isFailure(text)) return parseUevent(text)
    if (text.why === 'timeout') gaps.push(gapOf(tree.origin, path, text))
    return undefined
  }

  /** A `uevent` with nothing about the driver says that there is none only together with a missing link. */
  function readDriver(
    folder: FunctionFolder,
    uevent: FactsOfUevent | undefined,
  ): Observed<string | null> {
    if (uevent?.driver !== undefined) return uevent.driver
    if (folder.unlisted !== null || hasFile(folder.files, 'driver')) {
      return fields.named(folder, 'driver', (name) => name)
    }
    return uevent === undefined ? fields.none(folder, 'driver') : NONE
  }

  return (folder) => {
    const uevent = readUevent(folder)
    return {
      vendorId: uevent?.vendorId ?? parseId(folder, 'vendor'),
      deviceId: uevent?.deviceId ?? parseId(folder, 'device'),
      subsystemVendorId: uevent?.subsystemVendorId ?? parseId(folder, 'subsystem_vendor'),
      subsystemDeviceId: uevent?.subsystemDeviceId ?? parseId(folder, 'subsystem_device'),
      classCode: uevent?.classCode ?? parseId(folder, 'class'),
      driver: readDriver(folder, uevent),
    }
  }
}

/** What a `uevent` states, ready to be a function's; undefined: no such line. */
type FactsOfUevent = { readonly [Fact in keyof FunctionIds]: Known<IdValue<Fact>> | undefined }
type IdValue<Fact extends keyof FunctionIds> = Fact extends 'driver' ? string : number

/** What stands before it is the same for all functions of a model that one driver has (`pci_uevent`). */
const SLOT_NAME = '\nPCI_SLOT_NAME='

/** Kinds of functions that are remembered. */
const REMEMBERED_KINDS = 1024

/** Parses the `uevent` of each kind of function once. */
function createUeventParser(): (text: string) => FactsOfUevent {
  const kinds = new Map<string, FactsOfUevent>()
  const shareNumber = createSharer<number>()
  const shareDriver = createSharer<string>()

  function factsOf({ id, subsystem, classCode, driver }: PciUevent): FactsOfUevent {
    const shared = (value: number | undefined) =>
      value === undefined ? undefined : shareNumber(value)
    return {
      vendorId: shared(id?.vendor),
      deviceId: shared(id?.device),
      subsystemVendorId: shared(subsystem?.vendor),
      subsystemDeviceId: shared(subsystem?.device),
      classCode: shared(classCode),
      driver: driver === undefined ? undefined : shareDriver(driver),
    }
  }

  return (text) => {
    const end = text.indexOf(SLOT_NAME)
    const kind = text.slice(0, Math.max(0, end))
    const same = kinds.get(kind)
    if (same !== undefined && (same.driver !== undefined || !text.includes(LATE_DRIVER, end))) {
      return same
    }
    const uevent = parsePciUevent(text)
    const facts = factsOf(uevent)
    const start = parsePciUevent(kind)
    const isTold = start.id && start.subsystem && start.classCode !== undefined
    if (isTold && start.driver === uevent.driver && kinds.size < REMEMBERED_KINDS) {
      kinds.set(kind, facts)
    }
    return facts
  }
}

/** The kernel states the driver first; a tree that somebody made can have it anywhere. */
const LATE_DRIVER = '\nDRIVER='

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
