/** Tables of `fib_triestat_seq_show` other than `Main` and `Local` that hold a prefix. */
export function otherTables(text: string): readonly string[] {
  const tables = text.split(/^(?=Id \d+:)/m).slice(1)
  return tables.flatMap((table) => {
    const id = /^Id (\d+):/.exec(table)?.[1]
    const [own = ''] = table.split(/^(?:Main|Local):/m)
    const prefixes = /^\s*Prefixes:\s*(\d+)/m.exec(own)?.[1]
    return id === undefined || prefixes === undefined || prefixes === '0' ? [] : [id]
  })
}

const RTF_UP = 0x0001
const RTF_REJECT = 0x0200

/** Interfaces with a route in `proc/net/route` (`fib_route_seq_show`). */
export function ipv4RouteInterfaces(text: string): readonly string[] {
  return interfaces(text.split('\n').slice(1), ([name, , , flags]) => ({ name, flags }))
}

/**
 * Interfaces with a route in `proc/net/ipv6_route` (`rt6_info_route`), other than the link-local and multicast routes
 * which every interface has that is up.
 */
export function ipv6RouteInterfaces(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !/^(?:fe[89ab]|ff)/.test(line))
  return interfaces(lines, (columns) => ({ name: columns[9], flags: columns[8] }))
}

interface RouteColumns {
  readonly name: string | undefined
  readonly flags: string | undefined
}

function interfaces(
  lines: readonly string[],
  pick: (columns: readonly string[]) => RouteColumns,
): readonly string[] {
  const names = new Set<string>()
  for (const line of lines) {
    const { name, flags } = pick(line.trim().split(/\s+/))
    if (name === undefined || flags === undefined || name === 'lo') continue
    const bits = Number.parseInt(flags, 16)
    if ((bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0) names.add(name)
  }
  return [...names]
}
