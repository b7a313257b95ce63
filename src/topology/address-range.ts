/**
 * Addresses as people write several of them: `19:08.0, 0c.0, 10.0` of one bus, `3d, 3f–41:00.0` of one device number on
 * several; what has neither in common from the first to the last.
 */
export function addressRange(addresses: readonly string[]): string {
  const [first = ''] = addresses
  if (addresses.length < 2) return first
  const [front, back] = [first.slice(0, -5), first.slice(-5)]
  const buses = addresses.map((each) => each.slice(0, -5))
  if (addresses.every((each) => each.startsWith(`${front}:`))) {
    const [, ...rest] = addresses.map((each) => each.slice(-4))
    return rest.length < LISTED ? [first, ...rest].join(', ') : `${first} … ${rest.at(-1)}`
  }
  const domain = front.slice(0, -2)
  if (addresses.every((each) => each.endsWith(back) && each.startsWith(domain))) {
    const runs = runsOf(buses.map((bus) => Number.parseInt(bus.slice(-2), 16)))
    const listed =
      runs.length <= LISTED ? runs.join(', ') : `${front.slice(-2)}…${buses.at(-1)?.slice(-2)}`
    return `${domain}${listed}${back}`
  }
  return `${first} … ${addresses.at(-1)}`
}

const LISTED = 4

/** `3d`, `3f–41`. */
function runsOf(numbers: readonly number[]): readonly string[] {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === number - 1) run[1] = number
    else runs.push([number, number])
  }
  const text = (number: number) => number.toString(16).padStart(2, '0')
  return runs.map(([from, to]) => (from === to ? text(from) : `${text(from)}–${text(to)}`))
}
