import {
  createRecordingTree,
  type Recording,
  type RecordingTree,
} from '../../host/archive/recording-tree.js'
import { valueOrNull } from '../../host/gap.js'
import { mapByAddress, parsePciAddress } from '../../host/pci-address.js'
import type { RawFunction, RawHost } from '../../host/raw-host.js'
import { DEVICES } from '../../host/read/function-folders.js'
import { NAMED_CLASSES } from '../../host/read/named-classes.js'
import { readHost } from '../../host/read/read-host.js'
import { readReadiness } from '../../host/read/read-readiness.js'
import { readVmFacts } from '../../host/read/read-vm-facts.js'
import {
  MAPPING_FILE,
  MAPPING_LIMIT,
  NETWORK_LIMIT,
  NETWORKS,
  NODE_FILE,
} from '../../host/read/vm-files.js'
import { type HostTree, isFailure } from '../../host/tree/tree.js'
import { joinPath } from '../../host/tree/tree-path.js'
import { pruneRecording } from './prune-recording.js'

export interface CapturedHost {
  readonly raw: RawHost
  readonly recording: Recording
}

/** How often a host that changes while it is read is read again. */
const ATTEMPTS = 3

/** Attributes of a function that lspci does not start without, and those that say what `uevent` says. */
const IDENTITY_FILES = [
  'vendor',
  'device',
  'class',
  'revision',
  'subsystem_vendor',
  'subsystem_device',
  'irq',
  'resource',
]
const IDENTITY_LINKS = ['driver', 'iommu_group']

/** Header of a configuration space: what lspci reads of a function first. */
const HEADER_LENGTH = 64

/** Folders of links that are listed and hardly followed; a copy without the links would be no tree. */
const LINK_FOLDERS =
  /^sys\/(?:bus\/pci\/devices|bus\/pci_express\/drivers\/pciehp|kernel\/iommu_groups\/\d+\/devices|class\/(?:vfio|iommu)|fs\/btrfs\/[^/]+\/devices)$/

/** Reads all that any command of this tool reads of a host, and records it. */
export function recordHost(tree: HostTree, { wake }: { readonly wake: boolean }): CapturedHost {
  const recorder = createRecordingTree(tree)
  const raw = readSteady(recorder, wake)
  readVmFacts(recorder, {
    functions: raw.functions.map(({ address }) => address),
    groups: raw.groups.map(({ id }) => id),
  })
  readReadiness(recorder, null)
  keepMappings(recorder)
  keepNetworks(recorder, tree)
  keepNames(recorder, tree)
  keepIdentities(recorder, raw)
  recorder.keepPrefixes(virtualConfigs(raw), HEADER_LENGTH)
  keepLinks(recorder, tree)
  return { raw, recording: pruneRecording(recorder.recording) }
}

/** Of a host of Proxmox what its VMs call their functions, and by which name of the host. */
function keepMappings(recorder: RecordingTree): void {
  if (!isFailure(recorder.readText(MAPPING_FILE, MAPPING_LIMIT))) recorder.readText(NODE_FILE)
}

/** Of a host with libvirt which of its networks are pools of VFs. */
function keepNetworks(recorder: RecordingTree, tree: HostTree): void {
  const names = tree.list(NETWORKS)
  const files = isFailure(names) ? [] : names.filter((name) => name.endsWith('.xml'))
  for (const name of files.slice(0, MOST_NETWORKS)) {
    recorder.readText(joinPath(NETWORKS, name), NETWORK_LIMIT)
  }
}

const MOST_NETWORKS = 256

function readSteady(recorder: RecordingTree, wake: boolean): RawHost {
  for (let attempt = 1; ; attempt++) {
    const raw = readHost(recorder, { wake, holders: true })
    if (!raw.changed || attempt === ATTEMPTS) return raw
    recorder.forget()
  }
}

/** Links by which a device can be named on the command line, those that lead through a function. */
function keepNames(recorder: RecordingTree, tree: HostTree): void {
  for (const each of NAMED_CLASSES) {
    const folder = `sys/class/${each}`
    const names = tree.list(folder)
    for (const name of isFailure(names) ? [] : names) {
      const link = joinPath(folder, name)
      const target = tree.readLink(link)
      const leads = !isFailure(target) && target.split('/').some((part) => parsePciAddress(part))
      if (leads) recorder.readLink(link)
    }
  }
}

function keepIdentities(recorder: RecordingTree, { functions }: RawHost): void {
  const { listings } = recorder.recording
  for (const { path } of functions) {
    const names = new Set(listings.get(path)?.names)
    for (const name of IDENTITY_FILES) {
      if (names.has(name)) recorder.readText(joinPath(path, name))
    }
    for (const name of IDENTITY_LINKS) {
      if (names.has(name)) recorder.keepLinked(joinPath(path, name))
    }
  }
}

/** VFs that are awake: analysis reads nothing of their configuration space. */
function virtualConfigs({ functions }: RawHost): readonly string[] {
  const byAddress = mapByAddress(functions)
  const isAwake = (each: RawFunction | undefined) =>
    each?.power.known === true && each.power.value === 'D0'
  return functions.flatMap((each) => {
    const physfn = valueOrNull(each.physfn)
    if (physfn === null || !isAwake(each) || !isAwake(byAddress.get(physfn))) return []
    return [joinPath(each.path, 'config')]
  })
}

function keepLinks(recorder: RecordingTree, tree: HostTree): void {
  for (const [folder, { names }] of [...recorder.recording.listings]) {
    if (!LINK_FOLDERS.test(folder)) continue
    for (const name of names) {
      const link = joinPath(folder, name)
      const known = folder !== DEVICES && recorder.recording.entries.has(link)
      if (!known && !isFailure(tree.readLink(link))) recorder.readLink(link)
    }
  }
}
