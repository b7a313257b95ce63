/**
 * Whether `--json` stands on a command line, before the `--` that ends the flags. Needed before, and in spite of, parsing:
 * an error in the command line is told as JSON too.
 */
export function isJsonWanted(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}
