import { compareHosts } from '../../diff/compare-hosts.js'
import { type DiffReport, diffReport } from '../../diff/report/document.js'
import { CHANGE_COLUMNS, changeRows } from '../../diff/report/rows.js'
import { renderDiff } from '../../diff/report/text.js'
import { describeFunction } from '../../document/function-text.js'
import { isStated } from '../../document/stated.js'
import type { DeviceName, Stated } from '../../document/values.js'
import type { Observed } from '../../host/gap.js'
import { comparePciAddress, type PciAddress } from '../../host/pci-address.js'
import type { RawFunction } from '../../host/raw-host.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { UsageError } from '../errors.js'
import { ExitCode } from '../exit-code.js'
import { type NameFlags, namesFor, policiesFor } from '../flags.js'
import { hostNamed } from '../input/open-host.js'
import { isTable, type Listing, type ListingFlags, listingText } from '../output/listing.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'

export interface DiffAsked extends NameFlags, ListingFlags {
  readonly before: string
  readonly after: string
  readonly policy: readonly string[] | undefined
}

/** What is different between the hosts that two arguments name. Both are read before anything is compared. */
export async function diffHosts(command: BaseCommand, asked: DiffAsked): Promise<Answer> {
  const policies = policiesFor(asked.policy)
  if (asked.before === '-' && asked.after === '-') {
    throw new UsageError('Standard input holds one capture, so only one of the two can be `-`.')
  }
  const before = await read(command, asked.before)
  const after = await read(command, asked.after)
  await command.phase('comparing')
  const hypothetical = asked.policy !== undefined
  const difference = compareHosts(before, after, { policies, hypothetical })
  const report = diffReport({ before, after, difference, tool: TOOL })
  return {
    document: () => report,
    text: (terminal) => {
      if (isTable(asked)) return listingText(asked, terminal, changeListing(report))
      const names = { before: named(command, asked, before), after: named(command, asked, after) }
      return renderDiff(report, names, terminal)
    },
    exitCode: report.same ? ExitCode.answered : ExitCode.refused,
  }
}

function changeListing(report: DiffReport): Listing {
  const names = new Set(report.changes.flatMap(({ devices }) => devices))
  return {
    rows: changeRows(report),
    fields: CHANGE_COLUMNS,
    wide: ['kind', 'devices', 'policy', 'sentence', 'because'],
    names: [...names].sort(comparePciAddress),
  }
}

/** Functions in the words of `inspect`, with their ids: of one card in place of another these tell most. */
function named(
  command: BaseCommand,
  asked: DiffAsked,
  { raw: { functions }, topology }: AnalysedHost,
): ReadonlyMap<PciAddress, string> {
  const names = namesFor(command, asked, functions)
  return new Map(
    functions.map((raw) => {
      const parent = topology.byAddress.get(raw.address)?.parent ?? null
      const facts = namedFacts(raw, parent, names.get(raw.address) ?? null)
      const { vendorId, deviceId } = facts
      const ids =
        facts.name === null || !isStated(vendorId) || !isStated(deviceId)
          ? ''
          : ` (${vendorId}:${deviceId})`
      return [raw.address, describeFunction(facts) + ids]
    }),
  )
}

function namedFacts(raw: RawFunction, parent: PciAddress | null, name: DeviceName | null) {
  return {
    name,
    parent,
    classCode: hexOf(raw.classCode, 6),
    vendorId: hexOf(raw.vendorId, 4),
    deviceId: hexOf(raw.deviceId, 4),
  }
}

function hexOf(value: Observed<number>, digits: number): Stated<string> {
  return value.known ? value.value.toString(16).padStart(digits, '0') : { unknown: value.gap.why }
}

function read(command: BaseCommand, argument: string): Promise<AnalysedHost> {
  const wish = {
    from: hostNamed(argument),
    phase: `reading ${argument}`,
    wake: false,
    holders: true,
  }
  return withHost(command, wish, ({ host }) => host)
}
