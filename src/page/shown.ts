import type { Picture } from '../drawing/picture.js'
import type { ReportIndex } from '../inspect/report-index.js'
import type { Forest } from '../topology/forest.js'
import type { PageState } from './page-state.js'

/** What is on the screen. */
export interface Shown {
  readonly state: PageState
  readonly index: ReportIndex
  readonly forest: Forest
  readonly picture: Picture
  /** Functions that a hot reset of the selected one affects. */
  readonly affected: ReadonlySet<string>
}
