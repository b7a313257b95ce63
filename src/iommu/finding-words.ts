import { GAP_WORDS } from '../host/gap-words.js'
import { listed, some } from '../text/english.js'
import { groupBy } from '../text/lists.js'
import { type ByKind, type Rendered, tell, type Words, type WordTable } from '../text/word-table.js'
import type { AcsBit } from './acs.js'
import type { IsolationFinding } from './findings.js'
import type { GroupingRule } from './grouping-rule.js'

export interface IsolationWords extends Words {
  /** Whether the fact speaks for isolation, against it, or leaves it open. */
  readonly speaks: 'for' | 'against' | 'open'
}

/** ACS bits as the PCIe specification names them (7.7.11). */
const ACS_BIT_NAMES = {
  SV: 'source validation',
  TB: 'translation blocking',
  RR: 'request redirect',
  CR: 'completion redirect',
  UF: 'upstream forwarding',
  EC: 'egress control',
  DT: 'direct translated',
} as const satisfies Record<AcsBit, string>

const HARDWARE =
  'Only other hardware, another slot or newer firmware changes that; the out-of-tree ACS override only hides it.'
const SHARED_ID = 'To the IOMMU they are one requester: give all of them to one user.'

const OTHER_RULES = {
  'stream-ids':
    'This IOMMU (SMMUv2, DART) puts functions that share a stream ID into one group, whatever ACS says; firmware may give one ID to many.',
  'per-function': 'This platform (s390) makes a group for each function; ACS is not asked.',
  'partitionable-endpoints':
    'On POWER groups are partitionable endpoints, which the host bridge lays out; ACS is not asked.',
  other: 'The IOMMU driver of this host groups by rules of its own.',
} as const satisfies Record<Exclude<GroupingRule, 'pci-device-group'>, string>

/** Words for every isolation finding; the rules behind them: `docs/reference/groups.md`. */
export const ISOLATION_WORDS = {
  'no-acs-capability': {
    title: 'no ACS',
    speaks: 'against',
    sentence: ({ at }) =>
      `${at} has no ACS capability: requests may be redirected inside it and never reach the IOMMU.`,
    hint: HARDWARE,
  },
  'acs-not-enabled': {
    title: 'ACS switched off',
    speaks: 'against',
    sentence: ({ at, missing }) =>
      `${at} could enforce ${listBits(missing)}, but ${missing.length === 1 ? 'that is' : 'they are'} switched off.`,
    hint: 'Look for what switched it off: pci=config_acs, pci=disable_acs_redir or setpci; without an active IOMMU the kernel leaves it off.',
  },
  'pcie-to-pci-bridge': {
    title: 'PCIe-to-PCI bridge',
    speaks: 'against',
    sentence: ({ at }) =>
      `${at} is a PCIe-to-PCI bridge: it issues the requests of everything below it under its own ID.`,
    hint: SHARED_ID,
  },
  'pci-to-pcie-bridge': {
    title: 'PCI-to-PCIe bridge',
    speaks: 'against',
    sentence: ({ at }) =>
      `${at} is a PCI-to-PCIe bridge: it issues the requests of everything below it under its own ID.`,
    hint: SHARED_ID,
  },
  'conventional-bridge': {
    title: 'conventional PCI bridge',
    speaks: 'against',
    sentence: ({ at }) =>
      `${at} is a conventional PCI bridge: it issues the requests of everything below it under its own ID.`,
    hint: SHARED_ID,
  },
  'conventional-function': {
    title: 'conventional PCI',
    speaks: 'against',
    sentence: ({ at }) => `${at} is conventional PCI (no PCIe capability), which has no ACS.`,
    hint: null,
  },
  'rc-event-collector': {
    title: 'event collector',
    speaks: 'against',
    sentence: ({ at }) =>
      `${at} is a root complex event collector, which the kernel never treats as isolated.`,
    hint: null,
  },
  'quirk-denies': {
    title: 'not isolated, by quirk',
    speaks: 'against',
    sentence: ({ at, quirk }) =>
      `The kernel treats ${at} as not isolated, whatever its registers say (quirk ${quirk}).`,
    hint: HARDWARE,
  },
  'quirk-isolates': {
    title: 'isolated, by quirk',
    speaks: 'for',
    sentence: ({ at, quirk, assumed, lackedBy }) => {
      const doubts = [
        ...(assumed
          ? ['if its chipset workaround took hold at boot, which sysfs does not show']
          : []),
        ...(lackedBy.length > 0
          ? [`if its kernel is newer than ${lackedBy.join(', ')}, which lack that row`]
          : []),
      ]
      const but = doubts.length === 0 ? '' : `, ${doubts.join(', and ')}`
      return `The kernel treats ${at} as isolated, since its vendor vouches for it (quirk ${quirk})${but}.`
    },
    hint: null,
  },
  'multifunction-not-isolated': {
    title: 'functions can reach each other',
    speaks: 'against',
    sentence: ({ at, with: others }) =>
      `${listAddresses([at, ...others])} are functions of one device, and none of them is isolated: they can reach each other inside it.`,
    hint: 'Give all of them to one user.',
  },
  'grouped-as-single-function': {
    title: 'group formed too early',
    speaks: 'against',
    sentence: ({ at }) =>
      `${at} was added after the others of its slot, and the kernel gave it a group before it knew it for one function of several.`,
    hint: 'A reboot puts it back with the others. Until then nothing guarantees the isolation that its own group promises.',
  },
  'dma-alias': {
    title: 'shared requester ID',
    speaks: 'against',
    sentence: ({ at, to }) => `${at} issues requests under the ID of ${to}.`,
    hint: SHARED_ID,
  },
  'dma-alias-unpredictable': {
    title: 'possible shared IDs',
    speaks: 'open',
    sentence: ({ at }) =>
      `${at} may issue requests under other IDs of its bus; only the device knows which.`,
    hint: 'The kernel log names them: "Enabling fixed DMA alias".',
  },
  'vmd-requester': {
    title: 'behind VMD',
    speaks: 'against',
    sentence: ({ at, vmd }) =>
      `${at} is behind the VMD endpoint ${vmd} and issues requests under its ID; ACS below it does not count.`,
    hint: 'Switch VMD off in the firmware to pass it on by itself.',
  },
  'strict-sibling-leak': {
    title: 'reachable sideways',
    speaks: 'against',
    sentence: ({ at, port, permissive, reaches }) =>
      `The switch ${permissive.length === 1 ? 'port' : 'ports'} ${listAddresses(permissive)} ${permissive.length === 1 ? 'lets' : 'let'} requests pass sideways: what is below ${port}${at === port ? '' : ` (${at})`} and what is below ${listAddresses(reaches)} can reach each other, although the kernel keeps separate groups.`,
    hint: 'Do not give them to users who distrust each other.',
  },
  'no-iommu-group': {
    title: 'no IOMMU group',
    speaks: 'against',
    sentence: ({ at, iommuInUse }) =>
      iommuInUse === true
        ? `${at} has no IOMMU group although the host’s IOMMU is on: its driver left the function out. Nothing limits its DMA, and VFIO does not take it.`
        : `${at} has no IOMMU group: nothing limits its DMA.`,
    hint: 'The kernel log tells whether no IOMMU is active, or why its driver left the function out: a stream ID shared with a bridge, a function that neither IORT nor DMAR names, igfx_off.',
  },
  'fake-iommu-group': {
    title: 'no IOMMU behind it',
    speaks: 'against',
    sentence: ({ at, group }) =>
      `Group ${group} of ${at} was made by unsafe no-IOMMU mode: it isolates nothing, and DMA reaches all of memory.`,
    hint: 'Use it only for functions and users that you trust as you trust root.',
  },
  'other-grouping-rule': {
    title: 'grouped by another rule',
    speaks: 'open',
    sentence: ({ at, rule }) =>
      `${OTHER_RULES[rule]} The group of ${at} is taken as the kernel made it.`,
    hint: null,
  },
  'isolation-unknown': {
    title: 'unknown',
    speaks: 'open',
    sentence: ({ at, path, why }) =>
      `Whether ${at} isolates is unknown. ${GAP_WORDS[why].sentence({ path, why, detail: GAP_WORDS[why].title })}`,
    hint: null,
  },
  'acs-override': {
    title: 'ACS override',
    speaks: 'against',
    sentence: ({ at, parameter }) =>
      `The kernel was told to treat ${at} as isolated (pcie_acs_override=${parameter}). The hardware does not isolate it.`,
    hint: 'Do not trust these groups where users distrust each other.',
  },
  'acs-cleared-since': {
    title: 'ACS cleared later',
    speaks: 'against',
    sentence: ({ at, missing }) =>
      `At ${at} ${listBits(missing)} ${missing.length === 1 ? 'was' : 'were'} switched off after the groups were made: the groups promise isolation that the hardware no longer gives.`,
    hint: 'Find what wrote the register (setpci, a vendor script), undo it or reboot.',
  },
  'quirk-not-active': {
    title: 'quirk not active',
    speaks: 'against',
    sentence: ({ at, quirk }) =>
      `This kernel seems to lack the quirk ${quirk} for ${at}, or its workaround failed at boot.`,
    hint: 'Look for "ACS" in the kernel log.',
  },
  'acs-enabled-since': {
    title: 'ACS enabled later',
    speaks: 'for',
    sentence: ({ at }) => `ACS of ${at} is on now, but was off when its group was made.`,
    hint: 'Groups are made once: reboot, or remove and rescan the function.',
  },
  'ivrs-alias-possible': {
    title: 'firmware alias',
    speaks: 'open',
    sentence: ({ at }) =>
      `The firmware of an AMD host may join ${at} with others of its bus (IVRS alias), which sysfs does not show.`,
    hint: 'Look for "AMD-Vi" in the kernel log.',
  },
  'acs-parameter': {
    title: 'ACS parameter',
    speaks: 'open',
    sentence: ({ parameter, value }) =>
      `The kernel command line changes ACS registers: pci=${parameter}=${value}.`,
    hint: null,
  },
  'difference-unexplained': {
    title: 'not explained',
    speaks: 'open',
    sentence: ({ at }) => `Why the group of ${at} differs is unknown.`,
    hint: 'Please report it with a capture of this host.',
  },
} as const satisfies WordTable<ByKind<IsolationFinding>, IsolationWords>

/** `RR (request redirect) and CR (completion redirect)`. */
function listBits(bits: readonly AcsBit[]): string {
  return listed(bits.map((bit) => `${bit} (${ACS_BIT_NAMES[bit]})`))
}

function listAddresses(addresses: readonly string[]): string {
  return addresses.length > LISTED ? some(addresses, LISTED) : listed(addresses)
}

const LISTED = 8

export function tellIsolation(finding: IsolationFinding): Rendered<IsolationWords> {
  return tell<ByKind<IsolationFinding>, IsolationWords, IsolationFinding['kind']>(
    ISOLATION_WORDS,
    finding.kind,
    finding,
  )
}

/** Whether the fact tells of a way to the function that passes no IOMMU. */
export function speaksAgainst(finding: IsolationFinding): boolean {
  return tellIsolation(finding).words.speaks === 'against'
}

/** Facts of one kind beyond this many are told once, with a list. */
const SENTENCES = 2

/** Beyond this many, the places of a list are counted. */
const LISTED_FUNCTIONS = 24

/** Findings in words. What is in `told` is left out, and what is told here is added to it. */
export function findingSentences(
  findings: readonly IsolationFinding[],
  told: Set<string>,
): readonly string[] {
  const fresh = findings.filter((finding) => {
    const key = findingKey(finding)
    return !told.has(key) && told.add(key)
  })
  return [...groupBy(fresh, ({ kind }) => kind).values()].flatMap(tellKind)
}

/** Two findings with the same key say the same: functions of one slot say it of each other. */
export function findingKey(finding: IsolationFinding): string {
  return finding.kind === 'multifunction-not-isolated'
    ? [finding.at, ...finding.with].sort().join(' ')
    : JSON.stringify(finding)
}

function tellKind(findings: readonly [IsolationFinding, ...IsolationFinding[]]): readonly string[] {
  const [first] = findings
  if (findings.length <= SENTENCES) {
    return findings.map((finding) => tellIsolation(finding).sentence)
  }
  const places = [...new Set(findings.flatMap((each) => ('at' in each ? [each.at] : [])))]
  return [`${tellIsolation(first).words.title}: ${some(places, LISTED_FUNCTIONS)}`]
}
