import type { ConfigSpace } from '../config/config-space.js'
import { isKnownAs, known, type Observed, unknown, valueOrNull } from '../gap.js'
import { type PciAddress, parsePciAddress } from '../pci-address.js'
import { unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath, nameOf, parentOf } from '../tree/tree-path.js'
import { createParser, type FieldReader, parseHex } from './function-fields.js'
import { DEVICES, hasFile } from './function-folders.js'
import type { FunctionFacts, FunctionIdentity } from './read-functions.js'

/** A function with its config space and what that tells first. */
export interface ConfiguredFunction {
  readonly identity: FunctionIdentity
  readonly config: Observed<ConfigSpace>
  readonly revision: Observed<number>
}

export interface ConfigOptions {
  readonly fields: FieldReader
  /** Read also what is woken by it. */
  readonly wake: boolean
}

/** One for all VFs: it is nobody's gap. */
const VIRTFN_CONFIG = unknown({
  path: `${DEVICES}/*/config`,
  why: 'not-captured',
  detail: 'not read: VFs need none',
})

/** Config spaces of functions, each read as soon as it is known whether that wakes anything. */
export interface ConfigReading {
  /** Takes the next function; reads its config space right away if the bridge above it was taken before. */
  take(identity: FunctionIdentity): void
  /** The functions in order, with what was still to be read. */
  finish(identities: readonly FunctionIdentity[]): readonly ConfiguredFunction[]
}

/**
 * Reads the config spaces that a verdict can need, and wakes nothing up by it (`pci_config_pm_runtime_get` would). Of VFs none is
 * needed: the kernel takes them for single functions without capabilities. A function's files are read together, while its folder
 * is still at hand.
 */
export function createConfigReading(
  tree: HostTree,
  { fields, wake }: ConfigOptions,
): ConfigReading {
  const byAddress = new Map<string, FunctionFacts>()
  const configs = new Map<FunctionIdentity, Observed<ConfigSpace>>()
  const revisionOf = createRevisionReader(fields)

  function readOne({ folder, facts }: FunctionIdentity): Observed<ConfigSpace> {
    if (isVirtfn(facts)) return VIRTFN_CONFIG
    if (!hasFile(folder.files, 'config')) return fields.missing(folder, 'config')
    const path = joinPath(facts.path, 'config')
    const asleep = wake ? null : wakeReason(facts, byAddress)
    if (asleep !== null) return unknown({ path, why: 'asleep', detail: asleep })
    const space = tree.readConfig(path)
    return isFailure(space) ? unknownOf(tree.origin, path, space) : known(space)
  }

  return {
    take(identity) {
      const above = nameOf(parentOf(identity.facts.path))
      byAddress.set(identity.facts.address, identity.facts)
      const isAboveTaken = byAddress.has(above) || parsePciAddress(above) === undefined
      if (isAboveTaken) configs.set(identity, readOne(identity))
    },
    finish: (identities) =>
      identities.map((identity) => {
        const config = configs.get(identity) ?? readOne(identity)
        return { identity, config, revision: revisionOf(identity, config) }
      }),
  }
}

/**
 * Why reading the config space would wake hardware; null: it would not. `pci_config_pm_runtime_get` resumes the bridge
 * above and a function in D3cold; one in D3hot below an active bridge answers as it is, which is how vfio-pci leaves idle
 * functions. Old kernels have no `power_state`: there a suspended function may be in D3cold.
 */
function wakeReason(
  { path, power, runtimeStatus }: FunctionFacts,
  byAddress: ReadonlyMap<string, FunctionFacts>,
): string | null {
  if (isKnownAs(power, 'D3cold')) return 'in D3cold: reading would wake it'
  const parent = byAddress.get(nameOf(parentOf(path)))
  if (parent !== undefined && isSuspended(parent.runtimeStatus)) {
    return `${parent.address} is suspended: reading would wake it`
  }
  const isPowerKnown = power.known && power.value !== null
  return !isPowerKnown && isSuspended(runtimeStatus) ? 'suspended: reading would wake it' : null
}

function isSuspended(status: Observed<string | null>): boolean {
  return status.known && (status.value === 'suspended' || status.value === 'suspending')
}

function isVirtfn(facts: FunctionFacts): boolean {
  return physfnOf(facts) !== null
}

function physfnOf({ physfn }: FunctionFacts): PciAddress | null {
  return valueOrNull(physfn)
}

/**
 * Revision of a function: from the config space, or from the attribute where that was not read. All VFs of a PF have
 * the one that the kernel read from the first (`pci_read_vf_config_common`), so one of them is asked for all.
 */
function createRevisionReader(fields: FieldReader) {
  const ofVirtfns = new Map<PciAddress, Observed<number>>()
  const parse = createParser(fields, parseHex)
  const readFile = ({ folder }: FunctionIdentity) => parse(folder, 'revision')
  return (identity: FunctionIdentity, config: Observed<ConfigSpace>): Observed<number> => {
    if (config.known && config.value.header.id !== 0xffffffff) {
      return known(config.value.header.revision)
    }
    const physfn = physfnOf(identity.facts)
    if (physfn === null) return readFile(identity)
    const revision = ofVirtfns.get(physfn) ?? readFile(identity)
    ofVirtfns.set(physfn, revision)
    return revision
  }
}
