/** Version of the JSON documents (`docs/reference/documents.md#common-rules`). A breaking change raises it. */
export const SCHEMA_VERSION = 1

/** Who wrote a document. */
export interface Tool {
  readonly name: string
  readonly version: string
}
