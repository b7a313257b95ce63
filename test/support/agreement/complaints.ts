import { bugReport } from '../../../src/bug-report/bug-report.js'
import { isStated } from '../../../src/document/stated.js'
import { dangersOf } from '../../../src/execution/danger.js'
import { readLog } from '../../../src/explain/log/read-log.js'
import type { ExplainedMessage } from '../../../src/explain/report/document.js'
import { explainReport } from '../../../src/explain/report/explain-report.js'
import { hostPlatform } from '../../../src/explain/report/host-platform.js'
import { functionsNamed } from '../../../src/explain/report/named.js'
import type { DeviceReport } from '../../../src/inspect/document.js'
import { isHostNeed } from '../../../src/inspect/report-index.js'
import { KERNEL_POLICIES } from '../../../src/policy/find-policy.js'
import { functionResetWorks } from '../../../src/simulation/calls/function-reset.js'
import { isBusMethod } from '../../../src/vfio/own-reset.js'
import { differenceComplaints } from './diff-agrees.js'
import { type Complaints, type Inspected, reliedOn, same, TOOL } from './inspected.js'
import { preflightComplaints } from './preflight-agrees.js'

/** Where answers about one host contradict what `inspect` says of it. */
export function complaintsAbout(at: Inspected): Complaints {
  return [
    ...at.devices.flatMap((device) =>
      [preflightComplaints, engineComplaints, explainComplaints, bugReportComplaints].flatMap(
        (complaints) =>
          complaints(at, device).map((complaint) => `${device.address}: ${complaint}`),
      ),
    ),
    ...pageComplaints(at),
    ...differenceComplaints(at, at),
  ]
}

/** What `simulate` plays and `reset` warns of. */
function engineComplaints({ host, report }: Inspected, device: DeviceReport): Complaints {
  const { address, ownReset } = device
  const raw = host.topology.byAddress.get(address)
  if (raw === undefined) return ['no such function']
  const works = functionResetWorks(host.vfio, raw)
  const needed = dangersOf(host.vfio, new Set([address])).flatMap((danger) =>
    danger.kind === 'needed' ? [danger.need.kind] : [],
  )
  const warned = report.warnings.filter(isHostNeed).filter((each) => each.address === address)
  return [
    ...same(
      'its own reset works',
      isStated(ownReset) ? ownReset !== null : 'unknown',
      works.known ? works.value : 'unknown',
    ),
    ...same(
      'reset is dangerous',
      warned.map(({ kind }) => kind),
      needed,
    ),
  ]
}

/** What `explain` makes of a message that says that a reset did not happen. */
function explainComplaints({ host, report }: Inspected, device: DeviceReport): Complaints {
  const log = readLog()
  log.take(`vfio: Cannot reset device ${device.address}, no available reset mechanism.`)
  const reading = log.finish()
  const named = functionsNamed(reading.messages, host.raw)
  const answer = explainReport({
    reading,
    host: { report, named, planFor: () => null, platform: hostPlatform(host.raw) },
    isElsewhere: false,
    tool: TOOL,
  })
  const [message] = answer.messages
  if (message === undefined) return ['explain does not know the message']
  const matters = reliedOn(device) === null ? null : !reliedOn(device)
  const found = answer.inspected?.devices.find(({ address }) => address === device.address)
  return [
    ...same('it matters', matters, message.matters),
    ...same('why', true, WHYS[kindOf(device)].includes(message.why)),
    ...same('explain inspects', found, device),
  ]
}

function kindOf({ ownReset }: DeviceReport): keyof typeof WHYS {
  if (!isStated(ownReset)) return 'unknown'
  if (ownReset === null) return 'none'
  if (ownReset.weak) return 'weak'
  return isBusMethod(ownReset.methods[0]) ? 'bus' : 'strong'
}

const WHYS: Readonly<
  Record<'unknown' | 'none' | 'weak' | 'bus' | 'strong', readonly ExplainedMessage['why'][]>
> = {
  unknown: ['own-reset-likely', 'reset-unread'],
  none: ['no-own-reset'],
  weak: ['weak-reset'],
  bus: ['alone-on-bus'],
  strong: ['own-reset', 'virtual-function'],
}

/** What the page shows as long as nothing is ticked. */
function pageComplaints({ devices, report, page }: Inspected): Complaints {
  return KERNEL_POLICIES.flatMap(({ id }) => {
    const overview = page.overview(id, new Map())
    const shown = new Map(overview.devices.map((device) => [device.address, device]))
    const factsOf = (device: DeviceReport | undefined) => {
      const verdict = device?.hotReset.verdicts.find(({ policy }) => policy === id)
      const { ownReset, hotReset } = device ?? {}
      return [ownReset, hotReset?.scope, hotReset?.affected, verdict?.outcome, verdict?.errno]
    }
    return [
      ...devices.flatMap((device) =>
        same(`${device.address}: page`, factsOf(device), factsOf(shown.get(device.address))),
      ),
      ...same(
        'page: the host needs',
        report.warnings.filter(isHostNeed),
        overview.warnings.filter(isHostNeed),
      ),
    ]
  })
}

const OUTCOMES = {
  permitted: 'permitted',
  refused: 'refused',
  undetermined: 'cannot tell',
} as const

/** What the text for a tracker says of the function. */
function bugReportComplaints({ report }: Inspected, device: DeviceReport): Complaints {
  const { address, hotReset } = device
  const context = {
    report: { ...report, devices: [device] },
    redacted: false,
    capture: null,
    asked: [address],
    commandLine: null,
    resetMethods: new Map(),
  }
  const lines = bugReport(context, 'qemu').split('\n')
  const [line = ''] = lines.filter((each) => each.startsWith(' - Hot reset: '))
  const { affected, unaccounted } = hotReset
  const count =
    isStated(affected) && isStated(unaccounted)
      ? String(affected.length + unaccounted.length)
      : 'not known'
  const told = line.includes('is unknown')
    ? 'not known'
    : / affects (\d+) functions?/.exec(line)?.[1]
  const outcomes = hotReset.verdicts.map(({ policy }) => {
    const row = lines.find((each) => each.startsWith(`| ${policy} |`)) ?? ''
    return row.split(' | ')[1]
  })
  return [
    ...same('report: affected', count, told),
    ...same(
      'report predicts',
      hotReset.verdicts.map(({ outcome }) => OUTCOMES[outcome]),
      outcomes,
    ),
  ]
}
