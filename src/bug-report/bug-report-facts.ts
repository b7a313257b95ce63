import { errnoText } from '../document/errno-text.js'
import { cellText, describeFunction, isBridge, portWords } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import { tellGap } from '../host/gap-words.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport, RelatedFunction } from '../inspect/document.js'
import { indexReport, type ReportIndex } from '../inspect/report-index.js'
import { acsText } from '../inspect/text/acs-text.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { resetReach } from '../inspect/text/reset-text.js'
import { tellWarning } from '../inspect/warning-words.js'
import { counted } from '../text/english.js'
import { codeBlock, codeSpan, markdownTable, markdownText } from '../text/markdown.js'
import { functionFacts, methodsText } from './bug-report-function.js'
import type { BugContext } from './context.js'

/** Functions described in full; further ones stand in the table only. */
const DESCRIBED = 8
/** Rows of a table; what is beyond stands in the capture. */
const ROWS = 64

/** What the report is about, in a sentence or two. */
export function summaryLines({ report, asked }: BugContext): readonly string[] {
  if (asked.length === 0) return []
  return report.devices.slice(0, DESCRIBED).map((device) => {
    const verdicts = device.hotReset.verdicts
      .filter(({ implemented }) => implemented)
      .map((verdict) => {
        const errno = errnoText(verdict)
        return `${verdict.policy} ${verdict.outcome}${errno === null ? '' : ` (${errno})`}`
      })
    const text = verdicts.length > 0 ? `: predicted ${verdicts.join(', ')}` : ''
    return `It is about ${codeSpan(device.address)}, ${markdownText(describeFunction(device))}; a hot reset of it affects ${reachText(device)}${text}.`
  })
}

function reachText(device: DeviceReport): string {
  const reach = resetReach(device)
  if (reach === 'none') return 'nothing: there is neither a slot reset nor a bus reset'
  if (reach === 'itself') return 'that function alone'
  return reach === '?' ? 'unknown functions' : `${reach} functions`
}

/** Everything that was read and that trackers ask for, the functions asked about first. */
export function bugFacts(context: BugContext): readonly string[] {
  const { report } = context
  const index = indexReport(report)
  const described = context.asked.length > 0 ? report.devices.slice(0, DESCRIBED) : []
  return [
    ...described.flatMap((device) => [...functionFacts(device, index), '']),
    ...functionTable(index, context),
    '',
    ...groupTable(index, context),
    '',
    ...portTable(index),
    '',
    ...hostFacts(context),
    ...warningLines(index),
    ...gapLines(context),
    ...captureLines(context),
  ]
}

function functionTable(index: ReportIndex, { resetMethods, asked }: BugContext): readonly string[] {
  const all = [...index.functions.values()].filter(
    (each) => !isBridge(each) && (asked.length > 0 || isUsable(each, index)),
  )
  const rows = all.slice(0, ROWS).map((each) => {
    const ids = [each.vendorId, each.deviceId].map((id) => (isStated(id) ? id : '????')).join(':')
    return [
      codeSpan(each.address),
      codeSpan(ids),
      markdownText(describeFunction(each)),
      markdownText(cellText(each.driver)),
      cellText(each.iommuGroup),
      methodsText(resetMethods.get(each.address)),
      markdownText(each.state.holders.map(({ command, pid }) => `${command} (${pid})`).join(', ')),
    ]
  })
  return [
    '### Functions: who is bound, groups, reset_method',
    '',
    ...markdownTable(
      ['function', 'ID', 'what', 'driver', 'group', 'reset_method', 'held by'],
      rows,
    ),
    ...moreLine(all.length - rows.length),
  ]
}

/** Of a whole host, what one would give to a user; of functions asked about, all that is concerned. */
function isUsable({ address }: RelatedFunction, { devices }: ReportIndex): boolean {
  const device = devices.get(address)
  return device !== undefined && isEndpoint(device)
}

function groupTable(index: ReportIndex, { asked }: BugContext): readonly string[] {
  const { groups } = index.report
  if (groups.length === 0) return ['### IOMMU groups', '', 'None.']
  const wanted = asked.length > 0 ? groups : groups.filter(({ devices }) => devices.length > 1)
  const rows = wanted
    .slice(0, ROWS)
    .map(({ id, type, devices, others, viable }) => [
      String(id),
      markdownText(cellText(type)),
      [...devices.map((address) => memberText(address, index)), ...others.map(markdownText)].join(
        ', ',
      ),
      !isStated(viable) ? 'unknown' : viable ? 'yes' : 'no',
    ])
  const title = asked.length > 0 ? '### IOMMU groups' : '### IOMMU groups of several functions'
  return [
    title,
    '',
    ...markdownTable(['group', 'type', 'members', 'opens now'], rows),
    ...moreLine(wanted.length - rows.length),
  ]
}

function memberText(address: PciAddress, { functions }: ReportIndex): string {
  const driver = functions.get(address)?.driver
  const name = driver === undefined || !isStated(driver) ? '?' : (driver ?? 'no driver')
  return `${codeSpan(address)} (${markdownText(name)})`
}

function portTable(index: ReportIndex): readonly string[] {
  const bridges = [...index.functions.values()].filter(isBridge)
  const rows = bridges
    .slice(0, ROWS)
    .map((each) => [
      codeSpan(each.address),
      portWords(each),
      each.parent === null ? 'root bus' : isStated(each.parent) ? codeSpan(each.parent) : '?',
      cellText(each.iommuGroup),
      markdownText(acsText(each)),
    ])
  return [
    '### Ports and bridges: ACS',
    '',
    ...(rows.length === 0
      ? ['None above these functions.']
      : markdownTable(['port', 'type', 'below', 'group', 'ACS'], rows)),
    ...moreLine(bridges.length - rows.length),
  ]
}

function moreLine(count: number): string[] {
  return count > 0 ? ['', `and ${count} more: see the capture.`] : []
}

function hostFacts({ report, commandLine }: BugContext): readonly string[] {
  const { host, source } = report
  const instances = host.iommu.instances
  const rules = source.kernelRelease ?? 'unknown'
  const yesNo = (value: typeof host.vfio.cdev): string =>
    isStated(value) ? (value ? 'yes' : 'no') : 'unknown'
  return [
    '### Host',
    '',
    ` - Answers follow the rules of Linux ${markdownText(rules)} (${source.kernelReleaseFrom})`,
    ` - IOMMU active: ${yesNo(host.iommu.present)}; instances: ${isStated(instances) ? markdownText(instances.join(', ') || 'none') : 'unknown'}`,
    ` - VFIO group files: ${yesNo(host.vfio.groupApi)}; device files (cdev, iommufd): ${yesNo(host.vfio.cdev)}; unsafe no-IOMMU mode: ${yesNo(host.vfio.noiommu)}`,
    ' - Kernel command line:',
    '',
    ...codeBlock([commandLine ?? '(not read)']),
    '',
  ]
}

function warningLines({ report }: ReportIndex): readonly string[] {
  if (report.warnings.length === 0) return []
  const told = report.warnings
    .slice(0, ROWS / 4)
    .map((each) => ` - ${markdownText(tellWarning(each).sentence)}`)
  return ['### Warnings', '', ...told, ...moreLine(report.warnings.length - told.length), '']
}

function gapLines({ report }: BugContext): readonly string[] {
  if (report.gaps.length === 0) return []
  const told = report.gaps
    .slice(0, ROWS / 4)
    .map((gap) => ` - ${codeSpan(gap.path)}: ${tellGap(gap).words.title}`)
  return [
    `### Not read: ${counted(report.gaps.length, 'file')}`,
    '',
    ...told,
    ...moreLine(report.gaps.length - told.length),
    '',
  ]
}

function captureLines({ report, capture, redacted }: BugContext): readonly string[] {
  const { name, version } = report.tool
  return [
    '### Capture',
    '',
    capture === null
      ? `None yet: make one with ${codeSpan(`${name} capture --for vm-problem --redact -o host.tar.gz`)} and attach it.`
      : `Attached: ${codeSpan(capture)}. ${codeSpan(`${name} inspect --capture ${capture}`)} shows the same host.`,
    '',
    `Made by ${markdownText(`${name} ${version}`)}. ${redacted ? 'Serial numbers, names, addresses of hosts and secrets were replaced.' : 'Nothing was redacted.'}`,
  ]
}
