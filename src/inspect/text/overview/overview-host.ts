import { isStated } from '../../../document/stated.js'
import type { Stated } from '../../../document/values.js'
import { counted } from '../../../text/english.js'
import { paragraph } from '../../../text/layout.js'
import type { Style } from '../../../text/style.js'
import type { InspectReport } from '../../document.js'
import type { ReportIndex } from '../../report-index.js'

/** The host in a few lines: where it comes from, its kernel, its IOMMU, the interfaces of VFIO. */
export function renderHost({ report }: ReportIndex, style: Style): string[] {
  const { host, source, devices, groups } = report
  const lines: (readonly [string, string])[] = [
    ...(source.kind === 'live'
      ? []
      : [
          [
            'Host',
            source.path === null ? 'the captured demo host' : `${source.kind} ${source.path}`,
          ] as const,
        ]),
    ['Kernel', kernelText(report)],
    ['IOMMU', iommuText(host.iommu, devices.length, groups.length)],
    ['VFIO', vfioText(host.vfio)],
  ]
  return lines.flatMap(([name, text]) =>
    paragraph(`${name.padEnd(NAME_WIDTH)}${text}`, style, { next: NAME_WIDTH }),
  )
}

const NAME_WIDTH = 8

function kernelText({ host, source }: InspectReport): string {
  const { kernelRelease, arch } = host
  const rules = source.kernelRelease ?? 'none'
  const machine = isStated(arch) ? ` on ${arch}` : ''
  if (source.kernelReleaseFrom === 'assumed') {
    const said = isStated(kernelRelease) ? `${kernelRelease}, which is no release` : 'not recorded'
    return `${said}${machine}; answered as Linux ${rules}, the newest release known here`
  }
  const own = isStated(kernelRelease) ? kernelRelease : 'not recorded'
  if (source.kernelReleaseFrom === 'option') {
    return `${own}${machine}; answered as Linux ${rules}, as --kernel asks`
  }
  return own === rules ? `${own}${machine}` : `${own}${machine}, which is Linux ${rules}`
}

function iommuText(
  { present, instances }: InspectReport['host']['iommu'],
  functions: number,
  groups: number,
): string {
  const count = counted(functions, 'function')
  if (!isStated(present)) return `unknown; ${count}`
  if (!present) return `none active: nothing limits the DMA of any function; ${count}`
  const names = isStated(instances) && instances.length > 0 ? ` (${shortened(instances)})` : ''
  return `active${names}; ${count}, ${counted(groups, 'group')}`
}

function shortened(names: readonly string[]): string {
  const [first = '', second] = names
  return second === undefined ? first : `${first} to ${names.at(-1)}`
}

function vfioText({ groupApi, cdev, noiommu }: InspectReport['host']['vfio']): string {
  const unsafe = isStated(noiommu) ? (noiommu ? 'ON' : 'off') : 'unknown'
  return `group files ${yesNo(groupApi)}, device files (cdev, iommufd) ${yesNo(cdev)}, unsafe no-IOMMU mode ${unsafe}`
}

function yesNo(value: Stated<boolean>): string {
  return isStated(value) ? (value ? 'yes' : 'no') : 'unknown'
}
