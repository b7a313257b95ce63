/** What the kernel, or the model, said to one step (`docs/reference/documents.md#simulate`). */
export interface StepAnswer {
  readonly outcome: 'ok' | 'refused' | 'undetermined'
  readonly errno: string | null
  readonly info?: InfoAnswer
}

export interface InfoAnswer {
  readonly flags: readonly string[]
  readonly devices: readonly {
    readonly address: string
    readonly group: number | null
    readonly devid: number | null
  }[]
}

/** A step as `simulate` predicts it. */
export interface PredictedStep extends Omit<StepAnswer, 'info'> {
  /** `unknown`: INFO is answered, and which functions it lists is unknown. */
  readonly info?: InfoAnswer | { readonly unknown: string }
  /** Errnos that depend on the moment, so that no model can promise them. */
  readonly possible?: readonly string[]
  readonly skipped?: string
}

/** A step as `verify` found it. */
export interface VerifiedStep extends PredictedStep {
  readonly actual: StepAnswer | null
  readonly agrees: boolean
}

/** Reads the `steps` of a document that `simulate --json` or `verify --json` printed; throws on anything else. */
export function decodeSteps<Step extends PredictedStep>(stdout: string): readonly Step[] {
  const document: unknown = JSON.parse(stdout)
  if (typeof document !== 'object' || document === null || !('steps' in document)) {
    throw new Error(`no steps in ${stdout.slice(0, 200)}`)
  }
  return document.steps as readonly Step[]
}
