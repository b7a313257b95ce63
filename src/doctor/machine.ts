import type { ReadinessFacts } from '../host/read/read-readiness.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'

/** A host, and what only the question asks about whether it is ready. */
export interface Machine {
  readonly host: AnalysedHost
  readonly readiness: ReadinessFacts
}
