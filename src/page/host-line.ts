import { isStated } from '../document/stated.js'
import type { InspectReport } from '../inspect/document.js'
import { counted } from '../text/english.js'
import type { PageData } from './page-data.js'
import { said } from './panel-parts.js'

/** One line about the host: its kernel, its IOMMU, how large it is, and whether it was redacted. */
export function hostLine(report: InspectReport, { redacted, tool }: PageData): string {
  const { host, source, devices, groups } = report
  const own = isStated(host.kernelRelease) ? host.kernelRelease : 'release not recorded'
  const rules =
    source.kernelRelease === null || source.kernelRelease === own
      ? ''
      : `, answered as ${source.kernelRelease}`
  const { present } = host.iommu
  const iommu = !isStated(present) ? 'IOMMU unknown' : present ? 'IOMMU active' : 'no IOMMU'
  return said(
    [
      `Linux ${own}${rules}`,
      iommu,
      `${counted(devices.length, 'function')}, ${counted(groups.length, 'group')}`,
      redacted ? 'redacted' : 'not redacted',
      `${tool.name} ${tool.version}`,
    ].join(' · '),
  )
}
