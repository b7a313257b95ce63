import { errnoText } from '../document/errno-text.js'
import { cellText, describeFunction, isBridge, portWords } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import type { DeviceReport } from '../inspect/document.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { affectedFunctions, reasonsOf } from '../inspect/text/device/device-view.js'
import { findingSentences } from '../iommu/finding-words.js'
import { tellReason } from '../policy/reason-words.js'
import { counted, some } from '../text/english.js'
import { codeSpan, markdownTable, markdownText } from '../text/markdown.js'

/** Functions in a line of the report; further ones are counted. */
const LISTED = 24

/**
 * All about one function: what it is, what its hot reset affects, who may issue it and why not, what its isolation rests
 * on.
 */
export function functionFacts(device: DeviceReport, index: ReportIndex): readonly string[] {
  const { hotReset, driver, iommuGroup, state } = device
  const { scope, via } = hotReset
  const way = isStated(scope) ? (scope ?? 'none') : 'unknown'
  const below = isStated(via) && via !== null ? ` below ${codeSpan(via)}` : ''
  const findings = findingSentences(device.isolation.findings, new Set())
  return [
    `### ${codeSpan(device.address)} ${markdownText(describeFunction(device))}`,
    '',
    ` - Type: ${portWords(device)}; power state: ${markdownText(cellText(state.power))}; enabled ${cellText(state.enabled)} times`,
    ` - Driver: ${markdownText(cellText(driver))}; IOMMU group: ${cellText(iommuGroup)}`,
    ` - ${codeSpan('reset_method')}: ${methodsText(device.resetMethods)}`,
    ` - Hot reset: ${way}${below}, ${affectedText(device)}`,
    ...(isBridge(device) ? [] : ['', ...verdictTable(device), ...reasonLines(device, index)]),
    ...(findings.length === 0
      ? []
      : ['', 'Isolation:', '', ...findings.map((line) => ` - ${markdownText(line)}`)]),
  ]
}

function affectedText(device: DeviceReport): string {
  if (!isStated(device.hotReset.affected)) return 'which functions it affects is unknown'
  const affected = affectedFunctions(device)
  const list = affected.length > 0 ? `: ${some(affected.map(codeSpan), LISTED)}` : ''
  return `affects ${counted(affected.length, 'function')}${list}`
}

function verdictTable({ hotReset }: DeviceReport): readonly string[] {
  return markdownTable(
    ['policy', 'predicted', 'errno', 'at', 'in this kernel'],
    hotReset.verdicts.map((verdict) => [
      verdict.policy,
      verdict.outcome === 'undetermined' ? 'cannot tell' : verdict.outcome,
      errnoText(verdict) ?? '',
      verdict.at ?? '',
      verdict.implemented ? 'yes' : 'no',
    ]),
  )
}

/** Each reason once, whichever policy gives it. */
function reasonLines(device: DeviceReport, index: ReportIndex): readonly string[] {
  const reasons = new Set(
    device.hotReset.verdicts
      .filter(({ implemented }) => implemented)
      .flatMap((verdict) => reasonsOf(verdict, device))
      .map((reason) => {
        const { words, sentence } = tellReason(reason)
        const kernel = 'kernel' in words && words.kernel !== null ? ` (${words.kernel})` : ''
        return `${index.shorten(sentence)}${kernel}`
      }),
  )
  if (reasons.size === 0) return []
  const told = [...reasons].slice(0, LISTED).map((line) => ` - ${markdownText(line)}`)
  const more = reasons.size - told.length
  return ['', 'Why:', '', ...told, ...(more > 0 ? [` - and ${more} more`] : [])]
}

/** `reset_method` as the file has it. */
export function methodsText(methods: DeviceReport['resetMethods'] | undefined): string {
  if (methods === undefined || !isStated(methods)) return 'not read'
  if (methods === null) return 'none'
  return methods.length === 0 ? 'empty' : codeSpan(methods.join(' '))
}
