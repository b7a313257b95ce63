import { type Gap, known, type Observed, unknown } from '../gap.js'
import type { RawSystem } from '../raw-host.js'
import { malformedText, unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { readInterruptIsolation, readUnsafeInterrupts } from './read-interrupts.js'

export interface System {
  readonly system: RawSystem
  /** A group file or a cdev is in `dev/vfio`: something can be held open. */
  readonly hasVfioNodes: boolean
  readonly gaps: readonly Gap[]
}

const NOIOMMU_MODE = 'sys/module/vfio/parameters/enable_unsafe_noiommu_mode'

/** Reads what concerns the whole host: its release, its IOMMUs, and which interfaces VFIO has. */
export function readSystem(tree: HostTree): System {
  const dev = listIfAny(tree, 'dev')
  const devVfio = listIfAny(tree, 'dev/vfio')
  const cdevs = listIfAny(tree, 'dev/vfio/devices')
  const nodes = devVfio.known && devVfio.value !== null ? devVfio.value : []
  const hasDev = dev.known && dev.value !== null
  const commandLine = readLine(tree, 'proc/cmdline')
  const iommuInstances = listInstances(tree)
  const system: RawSystem = {
    osRelease: readLine(tree, 'proc/sys/kernel/osrelease'),
    procVersion: readLine(tree, 'proc/version'),
    versionSignature: readSignature(tree),
    commandLine,
    arch: readLine(tree, 'proc/sys/kernel/arch'),
    iommuInstances,
    classVfio: orEmpty(listIfAny(tree, 'sys/class/vfio')),
    devVfioContainer: hasDev && devVfio.known ? nodes.includes('vfio') : null,
    devIommu: dev.known && dev.value !== null ? dev.value.includes('iommu') : null,
    devVfioDevices: orEmpty(cdevs),
    unsafeNoiommu: readNoiommuMode(tree),
    disableDenylist: readDenylistSwitch(tree, commandLine),
    interrupts: readInterruptIsolation(tree, { commandLine, iommuInstances }),
    unsafeInterrupts: {
      group: readUnsafeInterrupts(tree, 'vfio_iommu_type1'),
      iommufd: readUnsafeInterrupts(tree, 'iommufd'),
    },
    vfioCoreHolders: listHolders(tree),
  }
  const hasGroupFile = nodes.some((name) => /^(?:noiommu-)?\d+$/.test(name))
  const hasCdev = cdevs.known && cdevs.value !== null && cdevs.value.length > 0
  const gaps = [dev, devVfio].flatMap((listing) => (listing.known ? [] : [listing.gap]))
  return { system, hasVfioNodes: hasGroupFile || hasCdev, gaps }
}

function readLine(tree: HostTree, path: string): Observed<string> {
  const text = tree.readText(path)
  return isFailure(text) ? unknownOf(tree.origin, path, text) : known(text)
}

/** A file of Ubuntu's kernels alone. */
function readSignature(tree: HostTree): Observed<string | null> {
  const path = 'proc/version_signature'
  const text = tree.readText(path)
  if (!isFailure(text)) return known(text)
  return text.why === 'absent' ? known(null) : unknownOf(tree.origin, path, text)
}

/** null: no such folder. */
function listIfAny(tree: HostTree, path: string): Observed<readonly string[] | null> {
  const names = tree.list(path)
  if (!isFailure(names)) return known(names)
  return names.why === 'absent' ? known(null) : unknownOf(tree.origin, path, names)
}

function orEmpty(names: Observed<readonly string[] | null>): Observed<readonly string[]> {
  return names.known ? known(names.value === null ? [] : names.value) : names
}

/** A live kernel without the folder has no IOMMU support. */
function listInstances(tree: HostTree): Observed<readonly string[]> {
  const path = 'sys/class/iommu'
  const names = listIfAny(tree, path)
  if (!names.known) return names
  if (names.value !== null) return known(names.value)
  if (tree.origin.kind === 'live') return known([])
  return unknown({ path, why: 'not-captured', detail: 'no such folder' })
}

/** The parameter exists only in kernels built with it, so a loaded vfio without it has no such mode. */
function readNoiommuMode(tree: HostTree): Observed<boolean> {
  const text = tree.readText(NOIOMMU_MODE)
  if (text === 'Y' || text === 'N') return known(text === 'Y')
  if (!isFailure(text)) return unknown(malformedText(NOIOMMU_MODE, text))
  if (text.why === 'absent' && !isFailure(tree.list('sys/module/vfio'))) return known(false)
  return unknownOf(tree.origin, NOIOMMU_MODE, text)
}

/** A module that is not loaded gets it from the command line; what modprobe.d holds is not read. */
function readDenylistSwitch(tree: HostTree, commandLine: Observed<string>): Observed<boolean> {
  const path = 'sys/module/vfio_pci/parameters/disable_denylist'
  const text = tree.readText(path)
  if (text === 'Y' || text === 'N') return known(text === 'Y')
  if (!isFailure(text)) return unknown(malformedText(path, text))
  if (commandLine.known && DENYLIST_OFF.test(commandLine.value)) return known(true)
  return unknownOf(tree.origin, path, text)
}

const DENYLIST_OFF = /(?:^|\s)vfio[-_]pci\.disable_denylist(?:=[1yY]\S*|=on)?(?:\s|$)/

function listHolders(tree: HostTree): readonly string[] {
  const names = tree.list('sys/module/vfio_pci_core/holders')
  return isFailure(names) ? [] : names
}
