import type { CaptureReport } from '../capture/report/document.js'
import type { CompletionReport } from '../completion/document.js'
import type { DiffReport } from '../diff/report/document.js'
import type { DoctorReport } from '../doctor/report/document.js'
import type { ResetReport } from '../execution/report/reset-document.js'
import type { VerifyReport } from '../execution/report/verify-document.js'
import type { ExplainReport } from '../explain/report/document.js'
import type { ExportReport } from '../export/report/document.js'
import type { InspectDocument } from '../inspect/written-document.js'
import type { PoliciesReport } from '../policy/report/policies-document.js'
import type { PreflightReport } from '../preflight/report/document.js'
import type { PoliciesCompareReport } from '../simulation/compare/report/compare-document.js'
import type { SimulateReport } from '../simulation/report/simulate-document.js'
import type { WaitReport, WatchEvent } from '../watching/report/document.js'
import type { ReportDocument } from './answers/report-document.js'
import type { ErrorDocument } from './output/report-error.js'
import type { VersionDocument } from './version-document.js'

/** Every JSON document that the tool writes, by `kind`. `scripts/make-schema.mjs` makes a schema of each. */
export interface Documents {
  readonly doctor: DoctorReport
  readonly inspect: InspectDocument
  readonly policies: PoliciesReport
  readonly 'policies-compare': PoliciesCompareReport
  readonly simulate: SimulateReport
  readonly verify: VerifyReport
  readonly reset: ResetReport
  readonly explain: ExplainReport
  readonly preflight: PreflightReport
  readonly capture: CaptureReport
  readonly diff: DiffReport
  readonly export: ExportReport
  readonly watch: WatchEvent
  readonly wait: WaitReport
  readonly report: ReportDocument
  readonly completion: CompletionReport
  readonly version: VersionDocument
  readonly error: ErrorDocument
}

/** A document as a command hands it over: elements of a list, and fields behind one, may be made while they are written. */
export type WrittenDocument = Written<Documents[keyof Documents]>

type Written<Document> = Document extends object
  ? {
      readonly [Field in keyof Document]: Document[Field] extends readonly (infer Element)[]
        ? Iterable<Element>
        : Document[Field] | (() => Document[Field])
    }
  : never
