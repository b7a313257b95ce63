import { lastAddressIn, type PciAddress } from '../../host/pci-address.js'
import {
  MAPPING_FILE,
  MAPPING_LIMIT,
  NETWORK_LIMIT,
  NETWORKS,
  NODE_FILE,
} from '../../host/read/vm-files.js'
import { type HostTree, isFailure } from '../../host/tree/tree.js'
import { type LibvirtNetwork, parseLibvirtNetwork } from '../../preflight/inputs/libvirt-network.js'
import { type Mappings, parsePveMapping } from '../../preflight/inputs/pve-mapping.js'
import { type DeviceChoice, isInputProblem, type VmInput } from '../../preflight/inputs/vm-input.js'
import type { Surroundings } from '../../preflight/requests/surroundings.js'
import { UsageError } from '../errors.js'
import { readInputFile } from '../input/input-file.js'

/** Reads what the inputs refer to, and nothing else. `mappingFile`: what `--pve-mapping` names. */
export function readSurroundings(
  tree: HostTree,
  inputs: readonly VmInput[],
  mappingFile: string | undefined,
): Surroundings {
  const choices = inputs.flatMap(({ devices }) => devices.map(({ which }) => which))
  const isMapped = choices.some(({ by }) => by === 'mapping')
  const networks = readNetworks(tree, namesOf(choices, 'network'))
  const parents = [...networks.values()].flatMap((each) =>
    each.kind === 'pool' && each.parent !== null ? [each.parent] : [],
  )
  return {
    mappings: isMapped ? readMappings(tree, mappingFile) : null,
    node: isMapped ? readNode(tree) : null,
    networks,
    netdevs: readNetdevs(tree, [...namesOf(choices, 'netdev'), ...partsOfPaths(parents)]),
  }
}

function namesOf(choices: readonly DeviceChoice[], by: 'network' | 'netdev'): readonly string[] {
  const names = choices.flatMap((which) => (which.by === by ? [which.name] : []))
  return partsOfPaths([...new Set(names)])
}

/** A name is part of a path, and must stay in its folder. */
function partsOfPaths(names: readonly string[]): readonly string[] {
  return names.filter((name) => /^[\w.@-]{1,100}$/.test(name) && !/^\.+$/.test(name))
}

/** null: there is no such file. */
function readMappings(tree: HostTree, file: string | undefined): Mappings | null {
  const where = file ?? MAPPING_FILE
  const text =
    file === undefined
      ? tree.readText(where, MAPPING_LIMIT)
      : readInputFile(where, 'mappings', where)
  if (typeof text !== 'string') return null
  const mappings = parsePveMapping(text)
  if (!isInputProblem(mappings)) return mappings
  throw new UsageError(
    `Cannot read the mappings in ${where}, line ${mappings.line}: ${mappings.problem}.`,
    {
      path: where,
      hint: 'A file such as /etc/pve/mapping/pci.cfg is expected.',
    },
  )
}

/** The name without its domain, as Proxmox takes it; null: not captured. */
function readNode(tree: HostTree): string | null {
  const name = tree.readText(NODE_FILE)
  return isFailure(name) ? null : (name.trim().split('.')[0] ?? null)
}

function readNetworks(
  tree: HostTree,
  names: readonly string[],
): ReadonlyMap<string, LibvirtNetwork> {
  const found = names.flatMap((name): readonly (readonly [string, LibvirtNetwork])[] => {
    const text = tree.readText(`${NETWORKS}/${name}.xml`, NETWORK_LIMIT)
    const network = isFailure(text) ? null : parseLibvirtNetwork(text)
    return network === null ? [] : [[name, network]]
  })
  return new Map(found)
}

function readNetdevs(tree: HostTree, names: readonly string[]): ReadonlyMap<string, PciAddress> {
  const found = names.flatMap((name): readonly (readonly [string, PciAddress])[] => {
    const target = tree.readLink(`sys/class/net/${name}`)
    if (isFailure(target)) return []
    const carrier = lastAddressIn(target)
    return carrier === undefined ? [] : [[name, carrier]]
  })
  return new Map(found)
}
