/**
 * Ends the process with a code, whatever its threads wait for: `process.exit` joins them first, and one that waits in the
 * kernel would hold it. Resolves only where that is not possible; nothing written may be pending.
 */
export async function exitNow(code: number): Promise<void> {
  try {
    const { default: koffi } = await import('koffi')
    koffi.load(null).func('void _exit(int status)')(code)
  } catch {
    // No native library for this machine: the caller has another way.
  }
}
