import { isYes } from '../host/gap.js'
import { idsOf, type PciDevice } from '../pci/device.js'
import type { DifferenceCause } from './findings.js'

/**
 * Kernel parameters that change ACS registers, or what the kernel believes of them
 * (`docs/reference/groups.md#what-sets-the-bits`).
 */
export interface AcsParameters {
  /** Value of `pcie_acs_override`, a patch that mainline never took; null: not given. */
  readonly override: string | null
  /** `pci=config_acs=` and `pci=disable_acs_redir=`, in order. */
  readonly registers: readonly Extract<DifferenceCause, { kind: 'acs-parameter' }>[]
}

/** Reads the ACS parameters out of `proc/cmdline`. The last override counts, as in the kernel's `__setup`. */
export function parseAcsParameters(commandLine: string): AcsParameters {
  const words = commandLine.split(/\s+/)
  const override = words.findLast((word) => word.startsWith(OVERRIDE))
  const registers = words
    .filter((word) => word.startsWith('pci='))
    .flatMap((word) => word.slice('pci='.length).split(','))
    .flatMap((option) => parseRegisterOption(option))
  return { override: override?.slice(OVERRIDE.length) ?? null, registers }
}

/**
 * Whether the override would vouch for a function (`pcie_acs_overrides`, as posted): only PCIe functions without an ACS
 * capability; `downstream` and `multifunction` by type, `id:` whatever the type.
 */
export function isOverridden(device: PciDevice, override: string): boolean {
  const { portType, acs, multifunction } = device
  if (!acs.known || acs.value !== null || !portType.known) return false
  return override.split(',').some((option) => {
    if (option.startsWith('id:')) return option.slice('id:'.length).toLowerCase() === idsOf(device)
    if (option === 'downstream') return DOWNSTREAM.has(portType.value)
    const several = isYes(multifunction)
    return option === 'multifunction' && several && SEVERAL.has(portType.value)
  })
}

const OVERRIDE = 'pcie_acs_override='
const DOWNSTREAM = new Set(['root-port', 'downstream-port'])
const SEVERAL = new Set(['endpoint', 'legacy-endpoint', 'upstream-port', 'rc-endpoint'])

function parseRegisterOption(option: string): AcsParameters['registers'] {
  const [parameter = '', ...value] = option.split('=')
  if (parameter !== 'config_acs' && parameter !== 'disable_acs_redir') return []
  return [{ kind: 'acs-parameter', parameter, value: value.join('=') }]
}
