import { type PciAddress, parsePciAddress } from '../../host/pci-address.js'
import type { IdPair } from '../../host/read/function-attributes.js'
import { CLASS_NAMES } from './class-names.js'
import { readSpace, type SpaceReading } from './printed-config.js'
import type { PrintedFunction } from './printed-function.js'
import { readSriov, type SriovReading } from './printed-sriov.js'

/** Address in front of a function's line, behind marks such as `[R]` or its IDs; domain 0 is left out unless the host has others. */
const FUNCTION =
  /^\s*(?:[-*|]\s+)?((?:\[[0-9a-zA-Z:]+\]\s+)*)((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7])(?:\s+((?:\S[\s\S]*)?))?$/i

/** `IOMMU Group 23:`, `IOMMU Group 23 04:00.0 …`, `### Group 23 ###`, `group: 23`: what people's scripts print before members. */
const GROUP =
  /^[#=*\s-]*(?:IOMMU[\s_-]*)?(?:Group|Gruppe)[\s:#]*(\d{1,9})(?![\w.])[\s:#=*-]*((?:[^\s:#=*-][\s\S]*)?)$/i

/** A line of `find /sys/kernel/iommu_groups -type l`. */
const GROUP_PATH = /iommu_groups\/(\d{1,9})\/devices\/([0-9a-f:]+\.[0-7])\b/i

/** Sixteen bytes of configuration space behind their offset. */
const DUMP = /^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){16})\s*$/i

/** Whole standard header: without it a function has no registers to speak of. */
const HEADER_LENGTH = 64

type Facts = { -readonly [K in keyof PrintedFunction]?: PrintedFunction[K] }

/** A function whose lines are being read. */
interface Draft {
  readonly address: PciAddress
  /** Printed as a member of a group, not by lspci as such. */
  readonly isMember: boolean
  readonly bytes: number[]
  readonly facts: Facts
  readonly space: SpaceReading
  readonly sriov: SriovReading
}

/** What was read so far, and in what part of the text the next line stands. */
interface Reading {
  readonly drafts: Draft[]
  /** Group whose members are being listed; undefined: the lines are lspci's own. */
  group: number | undefined
  /** Members of this listing are indented, so that a line that is not ends it. */
  isIndenting: boolean
}

/** What the text says of functions, in its order; one that stands in it twice has two entries. */
export function parseLspci(text: string): readonly PrintedFunction[] {
  const reading: Reading = { drafts: [], group: undefined, isIndenting: false }
  // Editors of Windows begin a text with a mark of its encoding.
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const isTaken =
      takePath(reading, line) || takeHeading(reading, line) || takeFunction(reading, line)
    if (!isTaken) takeFact(reading, line)
  }
  return settle(reading.drafts)
}

function takePath({ drafts }: Reading, line: string): boolean {
  const [, group, address] = GROUP_PATH.exec(line) ?? []
  if (address === undefined) return false
  drafts.push(...beginFunction(address, Number(group)))
  return true
}

function takeHeading(reading: Reading, line: string): boolean {
  const [, group, rest] = isOwnLine(reading, line) ? [] : (GROUP.exec(line) ?? [])
  if (group === undefined) return false
  reading.group = Number(group)
  reading.drafts.push(...beginFunction(rest ?? '', reading.group))
  return true
}

function takeFunction(reading: Reading, line: string): boolean {
  if (isOwnLine(reading, line) || DUMP.test(line)) return false
  const isIndented = /^\s/.test(line)
  const group = reading.isIndenting && !isIndented ? undefined : reading.group
  const begun = beginFunction(line, group)
  if (begun.length === 0) return false
  reading.drafts.push(...begun)
  reading.group = group
  reading.isIndenting ||= isIndented
  return true
}

/** An empty line ends a listing; whatever else is not understood changes nothing. */
function takeFact(reading: Reading, line: string): void {
  if (line.trim() === '') reading.group = undefined
  const current = reading.drafts.at(-1)
  if (current === undefined) return
  if (addBytes(current, line)) return
  addFact(current, line)
  current.space.take(line)
  current.sriov.take(line)
}

/** In a block of `lspci -v` the group is one of the function's own lines. */
function isOwnLine({ group }: Reading, line: string): boolean {
  return group === undefined && /^\s/.test(line)
}

function beginFunction(line: string, group: number | undefined): readonly Draft[] {
  const [, marks = '', text, rest = ''] = FUNCTION.exec(line) ?? []
  if (text === undefined) return []
  const lower = text.toLowerCase()
  const address = parsePciAddress(lower.split(':').length === 2 ? `0000:${lower}` : lower)
  if (address === undefined) return []
  const facts = headFacts(rest, marks)
  if (group !== undefined) facts.group = group
  return [
    {
      address,
      isMember: group !== undefined,
      bytes: [],
      facts,
      space: readSpace(),
      sriov: readSriov(),
    },
  ]
}

/** `VGA compatible controller [0300]: NVIDIA … [10de:2204] (rev a1)`, `0300: 10de:2204 (rev a1)`, or names alone. */
function headFacts(rest: string, marks: string): Facts {
  const facts: Facts = {}
  const numeric = /^(?:Class )?([0-9a-f]{4}): ([0-9a-f]{4}):([0-9a-f]{4})\b/i.exec(rest)
  const named = /^([^:[]*?)(?: \[([0-9a-f]{4})\])?: ?/i.exec(rest)
  const [name, code] = [named?.[1]?.trim(), numeric?.[1] ?? named?.[2]]
  const classCode = code === undefined ? CLASS_NAMES.get(name ?? '') : Number.parseInt(code, 16)
  if (classCode !== undefined) facts.classCode = classCode << 8
  const ids = [...rest.matchAll(/\[([0-9a-f]{4}):([0-9a-f]{4})\]/gi)].at(-1)
  const pair = numeric?.slice(2) ?? (ids ?? ID_MARK.exec(marks))?.slice(1)
  if (pair !== undefined) facts.ids = idPair(pair[0], pair[1])
  const revision = /\(rev ([0-9a-f]{2})\)/i.exec(rest)?.[1]
  if (/\bVirtual Function\b/i.test(rest)) facts.isVirtual = true
  if (revision !== undefined) facts.revision = Number.parseInt(revision, 16)
  return facts
}

const ID_MARK = /\[([0-9a-f]{4}):([0-9a-f]{4})\]/i

function idPair(vendor = '', device = ''): IdPair {
  return { vendor: Number.parseInt(vendor, 16), device: Number.parseInt(device, 16) }
}

function addBytes({ bytes }: Draft, line: string): boolean {
  const [, offset, digits] = DUMP.exec(line) ?? []
  if (offset === undefined || digits === undefined) return false
  if (Number.parseInt(offset, 16) === bytes.length) {
    for (const byte of digits.trim().split(' ')) bytes.push(Number.parseInt(byte, 16))
  }
  return true
}

/** The few lines of `-v` and `-k` that are read, each with what it says. */
const FACTS: readonly (readonly [line: RegExp, add: (facts: Facts, values: Values) => void])[] = [
  [
    /^\s+Kernel driver in use: (\S+)\s*$/,
    (facts, [driver]) => {
      facts.driver = driver
    },
  ],
  [
    /^\s+IOMMU group: (\d{1,9})\s*$/,
    (facts, [group]) => {
      facts.group = Number(group)
    },
  ],
  [
    /^\s+NUMA node: (\d{1,6})\s*$/,
    (facts, [node]) => {
      facts.numaNode = Number(node)
    },
  ],
  [
    /^\s+Subsystem: (?:.*\[)?([0-9a-f]{4}):([0-9a-f]{4})\]?\s*$/i,
    (facts, [vendor, device]) => {
      facts.subsystem = idPair(vendor, device)
    },
  ],
  [
    /^\s+Capabilities: \[[0-9a-f]+\] Express (?:\(v\d\) )?([A-Z][^,(]*)/,
    (facts, [type]) => {
      facts.portType = type?.trim()
    },
  ],
  [
    /^\s+Bus: primary=[0-9a-f]{2}, secondary=([0-9a-f]{2}), subordinate=([0-9a-f]{2})/i,
    (facts, [secondary = '', subordinate = '']) => {
      facts.buses = {
        secondary: Number.parseInt(secondary, 16),
        subordinate: Number.parseInt(subordinate, 16),
      }
    },
  ],
]

type Values = readonly (string | undefined)[]

function addFact({ facts }: Draft, line: string): void {
  for (const [pattern, add] of FACTS) {
    const found = pattern.exec(line)
    if (found !== null) add(facts, found.slice(1))
  }
}

/**
 * Functions that the text really describes. lspci leaves a line out where there is no such thing, so where some
 * functions of one listing have a line about drivers, or about groups, the others have none.
 */
function settle(drafts: readonly Draft[]): readonly PrintedFunction[] {
  const tellsDrivers = (isMember: boolean) =>
    drafts.some((each) => each.isMember === isMember && each.facts.driver !== undefined)
  const drivers = { member: tellsDrivers(true), plain: tellsDrivers(false) }
  const groups = drafts.some(({ isMember, facts }) => !isMember && facts.group !== undefined)
  return drafts
    .map(({ address, isMember, bytes, facts, space, sriov }): PrintedFunction => {
      const noDriver = drivers[isMember ? 'member' : 'plain'] ? null : undefined
      return {
        address,
        bytes: bytes.length >= HEADER_LENGTH ? Buffer.from(bytes) : undefined,
        classCode: facts.classCode,
        ids: facts.ids,
        subsystem: facts.subsystem,
        revision: facts.revision,
        driver: facts.driver ?? noDriver,
        group: facts.group ?? (groups && !isMember ? null : undefined),
        numaNode: facts.numaNode,
        buses: facts.buses,
        isVirtual: facts.isVirtual === true,
        isListed: isMember,
        portType: facts.portType,
        space: space.finish(),
        sriov: sriov.finish(),
      }
    })
    .filter(isDescribed)
}

/** An address and a name stand in many a text. */
function isDescribed({ bytes, ids, group, driver, space }: PrintedFunction): boolean {
  const isStated = (value: unknown) => value !== undefined && value !== null
  const isRead = bytes !== undefined || space !== undefined || ids !== undefined
  return isRead || isStated(group) || isStated(driver)
}
