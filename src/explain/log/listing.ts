/** What kind of list a text is that is no log. */
export type Listing = 'iommu-groups' | 'lspci'

/** Lines of a kind that make a text a listing. */
const ENOUGH = 2

const KINDS: readonly (readonly [Listing, RegExp])[] = [
  [
    'iommu-groups',
    /^\s{0,4}(?:#{2,4} )?(?:IOMMU )?Group:?\s{1,3}\d{1,9}\b(?![^\n]{0,60}(?:\bis\b|\bnot\b|viable|fail))/i,
  ],
  [
    'lspci',
    /^\s{0,8}(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7] (?:"|[A-Z][\w /()-]{2,60}(?: \[[0-9a-f]{4}\])?: )/,
  ],
]

/** Whether a line is one of a list, so that nothing happened. */
export function isListed(line: string): boolean {
  const short = line.slice(0, 200)
  return KINDS.some(([, pattern]) => pattern.test(short))
}

/** Notices that a text lists functions, as the scripts do that print groups, or lspci. */
export function listingWatch() {
  const counts = new Map<Listing, number>()
  return {
    take(line: string): void {
      const short = line.slice(0, 200)
      for (const [kind, pattern] of KINDS) {
        if (pattern.test(short)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
      }
    },
    /** Groups are more than a plain list of functions. */
    listing: (): Listing | null =>
      KINDS.map(([kind]) => kind).find((kind) => (counts.get(kind) ?? 0) >= ENOUGH) ?? null,
  }
}
