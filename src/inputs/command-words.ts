import { parse } from 'shell-quote'

/**
 * The words of a command line as a file holds it: with NULs as in `/proc/PID/cmdline`, or as a shell would split it, over
 * several lines as libvirt logs it. Variables and patterns stay as they are written; nothing is run or looked up.
 */
export function commandWords(text: string): readonly string[] {
  if (text.includes('\0')) return text.split('\0').filter((word) => word !== '')
  // Line by line, since a comment or a stray quote in a log must not swallow what follows.
  const lines = text.replace(/\\\r?\n/g, ' ').split('\n')
  return lines.flatMap((line) =>
    parse(line, (name) => `$${name}`).flatMap((entry) => {
      if (typeof entry === 'string') return [entry]
      return 'pattern' in entry ? [entry.pattern] : []
    }),
  )
}
