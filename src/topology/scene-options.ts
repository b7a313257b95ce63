import type { Vm } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { ReportIndex } from '../inspect/report-index.js'
import type { Link } from '../pci/link-below.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { Forest } from './forest.js'

/** What the drawing of a report depends on besides the report. */
export interface SceneOptions {
  readonly index: ReportIndex
  /** What is drawn of it. */
  readonly forest: Forest
  /** The link below each port, as far as it was read. */
  readonly links: ReadonlyMap<PciAddress, Link>
  /** Policy whose verdicts are marked. */
  readonly policy: PolicyId
  /** Nodes that hide what is below them. */
  readonly folded: ReadonlySet<string>
  /** Functions named on the command line. */
  readonly asked: ReadonlySet<PciAddress>
  /** Functions that are given to VMs; null: nobody was asked. */
  readonly given: Given | null
}

/** Which of two VMs has a function. */
export type Given = ReadonlyMap<PciAddress, Vm>

/** What the forest of a report depends on. */
export type ForestOptions = Pick<SceneOptions, 'index' | 'policy' | 'asked' | 'links'>
