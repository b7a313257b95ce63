import type { Cure } from '../platform.js'

/** A diagnosis in words. */
export interface DiagnosisWords {
  /** A clause: what is the matter. */
  readonly title: string
  /** The first thing to say, where the diagnosis's effect says too much; always there where only more can tell. */
  readonly answer?: string
  /** Why: what happened, in a few sentences. */
  readonly meaning: string
  /** What to do. */
  readonly hint: Cure
}

/** The words of some diagnoses, by id. */
export type DiagnosesWords = Readonly<Record<string, DiagnosisWords>>
