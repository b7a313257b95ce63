/** Version of the JSON documents (`contract.md` 1). A breaking change raises it. */
export const SCHEMA_VERSION = 1

/** Who wrote a document. */
export interface Tool {
  readonly name: string
  readonly version: string
}
