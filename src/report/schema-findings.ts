import Type from 'typebox'
import { Address, Addresses, GapReason, Group, kindOf, QuirkId } from './schema-values.js'

const AcsBits = Type.Array(Type.Enum(['SV', 'TB', 'RR', 'CR', 'UF', 'EC', 'DT']))

const Releases = Type.Array(Type.String())

/** One fact about isolation at one function: `IsolationFinding`. */
export const Finding = Type.Union(
  [
    kindOf('no-acs-capability', { at: Address }),
    kindOf('acs-not-enabled', { at: Address, missing: AcsBits }),
    kindOf('pcie-to-pci-bridge', { at: Address }),
    kindOf('pci-to-pcie-bridge', { at: Address }),
    kindOf('conventional-bridge', { at: Address }),
    kindOf('conventional-function', { at: Address }),
    kindOf('rc-event-collector', { at: Address }),
    kindOf('quirk-denies', { at: Address, quirk: QuirkId }),
    kindOf('quirk-isolates', {
      at: Address,
      quirk: QuirkId,
      assumed: Type.Boolean(),
      lackedBy: Releases,
    }),
    kindOf('multifunction-not-isolated', { at: Address, with: Addresses }),
    kindOf('grouped-as-single-function', { at: Address }),
    kindOf('dma-alias', { at: Address, to: Address }),
    kindOf('dma-alias-unpredictable', { at: Address }),
    kindOf('vmd-requester', { at: Address, vmd: Address }),
    kindOf('strict-sibling-leak', {
      at: Address,
      port: Address,
      permissive: Addresses,
      reaches: Addresses,
    }),
    kindOf('no-iommu-group', { at: Address }),
    kindOf('fake-iommu-group', { at: Address, group: Group }),
    kindOf('isolation-unknown', { at: Address, path: Type.String(), why: GapReason }),
    kindOf('acs-override', { at: Address, parameter: Type.String() }),
    kindOf('acs-cleared-since', { at: Address, missing: AcsBits }),
    kindOf('quirk-not-active', { at: Address, quirk: QuirkId }),
    kindOf('acs-enabled-since', { at: Address }),
    kindOf('ivrs-alias-possible', { at: Address }),
    kindOf('acs-parameter', {
      parameter: Type.Enum(['config_acs', 'disable_acs_redir']),
      value: Type.String(),
    }),
    kindOf('difference-unexplained', { at: Address }),
  ],
  { description: 'One fact about isolation, at one function where it is about one' },
)

export const Findings = Type.Array(Finding)
