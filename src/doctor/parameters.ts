import type { RawSystem } from '../host/raw-host.js'

/** The last kernel parameter of a form; null: none is given, or the command line was not read. */
export function parameterLike(
  form: RegExp,
  { commandLine }: Pick<RawSystem, 'commandLine'>,
): string | null {
  if (!commandLine.known) return null
  return commandLine.value.split(/\s+/).findLast((word) => form.test(word)) ?? null
}
