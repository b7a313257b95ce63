import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { release } from 'node:os'
import { basename, dirname } from 'node:path'
import { DEVICES } from './drivers.js'
import { hasPciehp } from './host-changes.js'
import type { Survey, SurveyedFunction } from './protocol.js'

/** Vendors and devices of the functions that topologies put to the test; all else is QEMU's own chipset. */
const TESTED_CLASSES = /^0x(?:0200|0108|0502)/

/** What was done to the machine, as far as the survey tells of it. */
export interface Prepared {
  /** Drivers that functions keep for the whole boot. */
  readonly fixed: ReadonlyMap<string, string>
  /** Functions that take no part in scenarios. */
  readonly apart: ReadonlySet<string>
}

/** Looks at every PCI function. */
export function survey(prepared: Prepared): Survey {
  const functions = readdirSync(DEVICES).map((address) => lookAt(address, prepared))
  return { release: release(), functions }
}

function lookAt(address: string, { fixed, apart }: Prepared): SurveyedFunction {
  const folder = `${DEVICES}/${address}`
  const text = (name: string) => readFileSync(`${folder}/${name}`, 'utf8').trim()
  const link = (name: string) =>
    existsSync(`${folder}/${name}`) ? basename(readlinkSync(`${folder}/${name}`)) : null
  const parent = basename(dirname(realpathSync(folder)))
  const group = link('iommu_group')
  const isBridge = text('class').startsWith('0x0604')
  return {
    address,
    id: `${text('vendor').slice(2)}:${text('device').slice(2)}`,
    isBridge,
    hasSlot: isBridge && hasPciehp(address),
    isTested: TESTED_CLASSES.test(text('class')) && !apart.has(address),
    parent: parent.startsWith('pci') ? null : parent,
    group: group === null ? null : Number(group),
    physfn: link('physfn'),
    fixedDriver: fixed.get(address) ?? null,
  }
}
