import type { PciAddress } from '../../host/pci-address.js'
import type { ErrnoName } from '../../host/scalars.js'
import type { KernelRelease } from '../../kernel/kernel-release.js'
import { POLICIES, type PolicyId } from '../../policy/policies/index.js'

/**
 * What the host looks like apart from its tree, and what users do to it, step by step (`docs/reference/scenarios.md`).
 */
export interface Scenario<S extends StoryStep = StoryStep> {
  /** Release whose rules answer; null: the host's. */
  readonly kernel: KernelRelease | null
  /** null: what the kernel does. */
  readonly policy: PolicyChoice | null
  /** Bind state over what the tree says, in the order in which the functions are bound; null: unbound. */
  readonly drivers: ReadonlyMap<PciAddress, DriverChoice>
  /** Unsafe no-IOMMU mode; null: as the tree says. */
  readonly noiommu: boolean | null
  readonly steps: readonly S[]
}

/** Name that the scenario gives to a process. */
export type ActorName = string

/** A policy, or `kernel`: what the kernel of the release does. */
export type PolicyChoice = PolicyId | 'kernel'

/** A policy by its id, or `kernel`; undefined for anything else. */
export function policyChoice(text: string): PolicyChoice | undefined {
  return text === 'kernel' ? text : POLICIES.find(({ id }) => id === text)?.id
}

export interface DriverChoice {
  readonly driver: string | null
  /** Line of the file, from 1. */
  readonly line: number
}

/** What every step says: who acts, and the line of the file where it stands, from 1. */
interface Acted {
  readonly actor: ActorName
  readonly line: number
  /** What the scenario claims of its answer; left out: nothing. */
  readonly expect?: Expectation
}

/** The answer that a step should get. */
export interface Expectation {
  /** `undetermined`: what was not read decides. */
  readonly outcome: 'ok' | 'refused' | 'undetermined'
  /** The errno of a refusal, null where nothing can be called; left out: any. */
  readonly errno?: ErrnoName | null
}

export interface OpenContainerStep extends Acted {
  readonly do: 'open-container'
  readonly as: string
}

export interface OpenIommufdStep extends Acted {
  readonly do: 'open-iommufd'
  readonly as: string
}

/** Opens the file of the function's group; with a container also SET_CONTAINER, and SET_IOMMU for its first group. */
export interface OpenGroupStep extends Acted {
  readonly do: 'open-group'
  readonly device: PciAddress
  /** Name of a container or an iommufd; null: the bare file. */
  readonly container: string | null
  /** Whether SET_IOMMU follows, where the container has none; left out: yes. */
  readonly iommu?: boolean
}

/** SET_IOMMU on a container, or on an iommufd in its place. */
export interface SetIommuStep extends Acted {
  readonly do: 'set-iommu'
  readonly container: string
}

/** GET_DEVICE_FD through the group. */
export interface OpenDeviceStep extends Acted {
  readonly do: 'open-device'
  readonly device: PciAddress
  readonly token: string | null
}

/** Opens the cdev, then BIND. */
export interface BindCdevStep extends Acted {
  readonly do: 'bind-cdev'
  readonly device: PciAddress
  /** Name of an iommufd; null: BIND gets -1. */
  readonly iommufd: string | null
  /** The reset-group flag that two policies have. */
  readonly claim: boolean
  readonly token: string | null
}

export interface ResetInfoStep extends Acted {
  readonly do: 'reset-info'
  readonly device: PciAddress
  /** null: as many bytes as the answer needs. */
  readonly argsz: number | null
}

/** The array holds the files in the order of these fields. */
export interface HotResetStep extends Acted {
  readonly do: 'hot-reset'
  readonly device: PciAddress
  /** Functions whose group files are passed. */
  readonly groups: readonly PciAddress[]
  readonly deviceFds: readonly PciAddress[]
  readonly iommufds: readonly string[]
  readonly containers: readonly string[]
  /** How many numbers of closed files stand at the end. */
  readonly closedFds: number
  /** null: what the array needs. */
  readonly argsz: number | null
  readonly flags: number
  /** null: as many as there are. A greater number runs into closed files. */
  readonly count: number | null
}

/** A hot reset that passes nothing, and whose array is what it needs to be. */
export function bareHotReset({
  actor,
  line,
  device,
}: Pick<HotResetStep, 'actor' | 'line' | 'device'>): HotResetStep {
  return {
    do: 'hot-reset',
    actor,
    line,
    device,
    groups: [],
    deviceFds: [],
    iommufds: [],
    containers: [],
    closedFds: 0,
    argsz: null,
    flags: 0,
    count: null,
  }
}

/** A step that names a function and nothing else. */
export interface DeviceStep extends Acted {
  readonly do: 'device-reset' | 'close-device' | 'close-group'
  readonly device: PciAddress
}

export interface CloseNamedStep extends Acted {
  readonly do: 'close-container' | 'close-iommufd'
  readonly name: string
}

/** VFIO_DEVICE_FEATURE, PCI_VF_TOKEN. */
export interface SetVfTokenStep extends Acted {
  readonly do: 'set-vf-token'
  readonly device: PciAddress
  readonly token: string
}

export type Step =
  | OpenContainerStep
  | OpenIommufdStep
  | OpenGroupStep
  | SetIommuStep
  | OpenDeviceStep
  | BindCdevStep
  | ResetInfoStep
  | HotResetStep
  | DeviceStep
  | CloseNamedStep
  | SetVfTokenStep

/** What a step does, as the scenario writes it. */
export type Verb = Step['do']

/** What somebody wants, in a word. */
export type Intent =
  /** To have the function, ready for use. */
  | 'take'
  /** A hot reset of it, with all the proof that there is. */
  | 'reset'
  /** To give it back. */
  | 'release'

/** What somebody wants; which calls that takes follows from the policy (`intents/calls-of-intent.ts`). */
export interface IntentStep extends Acted {
  readonly do: Intent
  readonly device: PciAddress
}

/** What stands in `steps`. */
export type StoryStep = Step | IntentStep

export function isIntent(step: StoryStep): step is IntentStep {
  return step.do === 'take' || step.do === 'reset' || step.do === 'release'
}

/** A scenario of calls alone, as a kernel can be asked; a problem where it has a step that says what somebody wants. */
export function callsAlone(scenario: Scenario): Scenario<Step> | ScenarioProblem {
  const wish = scenario.steps.find(isIntent)
  if (wish !== undefined) {
    return {
      line: wish.line,
      problem: `"intent: ${wish.do}" stands for other calls under each policy, and a kernel is asked by calls: write them out with "do"`,
    }
  }
  return { ...scenario, steps: scenario.steps.filter((step) => !isIntent(step)) }
}

/** The step of one verb or intent. */
export type StepOf<V extends StoryStep['do'], S extends StoryStep = StoryStep> = S extends StoryStep
  ? V extends S['do']
    ? S
    : never
  : never

/** Why a file is no scenario, and where: what the user has to change. */
export interface ScenarioProblem {
  /** Line of the file, from 1; null: the file as a whole. */
  readonly line: number | null
  readonly problem: string
}

export function isScenarioProblem(result: object): result is ScenarioProblem {
  return 'problem' in result
}
