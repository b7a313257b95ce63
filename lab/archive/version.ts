/** Orders two Debian package versions as `dpkg --compare-versions` does (Debian policy 5.6.12): negative, 0 or positive. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [split(a), split(b)]
  return (
    first.epoch - second.epoch ||
    comparePart(first.upstream, second.upstream) ||
    comparePart(first.revision, second.revision)
  )
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0
    ? { epoch: Number(epoch), upstream: rest, revision: '' }
    : { epoch: Number(epoch), upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) }
}

/** Runs of other characters and runs of digits, in turn, until one differs. */
function comparePart(a: string, b: string): number {
  const [first, second] = [tokens(a), tokens(b)]
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [x = '', y = ''] = [first[index], second[index]]
    const order = index % 2 === 1 ? Number(x || '0') - Number(y || '0') : compareText(x, y)
    if (order !== 0) return order
  }
  return 0
}

/** Text at even places, digits at odd ones. */
function tokens(part: string): string[] {
  return part.split(/(\d+)/)
}

/** By character: a tilde before the end, the end before letters, letters before all else. */
function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = weight(a[index]) - weight(b[index])
    if (order !== 0) return order
  }
  return 0
}

function weight(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}
