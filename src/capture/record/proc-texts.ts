import { netconsoleInterfaces } from '../../host/needs/console-uses.js'
import { pppoeCarriers } from '../../host/needs/network-trace.js'
import { otherTables } from '../../host/needs/route-tables.js'

/** Lists of procfs with nothing left in them but what analysis takes: no addresses, no counters, no names of strangers. */

const NO_ADDRESS = '0'.repeat(32)

/** Interface and flags of every route in `proc/net/route`. */
export function ipv4RoutesText(text: string): string {
  const [header = '', ...lines] = text.split('\n')
  const routes = lines.map((line) => {
    const [name, , , flags] = line.trim().split(/\s+/)
    if (name === undefined || flags === undefined) return ''
    return `${name}\t00000000\t00000000\t${flags}\t0\t0\t0\t00000000\t0\t0\t0\n`
  })
  return `${header.trimEnd()}\n${distinct(routes)}`
}

/** The same of `proc/net/ipv6_route`, where link-local and multicast routes tell nothing. */
export function ipv6RoutesText(text: string): string {
  const routes = text.split('\n').map((line) => {
    const columns = line.trim().split(/\s+/)
    const [flags, name] = columns.slice(8, 10)
    if (flags === undefined || name === undefined || /^(?:fe[89ab]|ff)/.test(line)) return ''
    return `${NO_ADDRESS} 00 ${NO_ADDRESS} 00 ${NO_ADDRESS} 00000000 00000000 00000000 ${flags} ${name}\n`
  })
  return distinct(routes)
}

/** Of the routing tables in `proc/net/fib_triestat` which of them hold routes. */
export function routeTablesText(text: string): string {
  return otherTables(text)
    .map((id) => `Id ${id}:\n\tPrefixes:       1\n`)
    .join('')
}

/** Of PPPoE sessions the interfaces that carry them. */
export function pppoeText(text: string): string {
  const lines = pppoeCarriers(text).map((name) => `00000000 00:00:00:00:00:00 ${name}\n`)
  return `Id       Address              Device\n${lines.join('')}`
}

/** Of netconsole's option the interfaces. */
export function netconsoleText(text: string): string {
  return netconsoleInterfaces(text)
    .map((name) => `@/${name},@/`)
    .join(';')
}

/** Name and type of every swap area, without how full it is. */
export function swapsText(text: string): string {
  const [header = '', ...lines] = text.split('\n')
  const areas = lines.map((line) => {
    const [name, type] = line.split(/\s+/)
    return name === undefined || type === undefined ? '' : `${name} ${type} 0 0 0\n`
  })
  return `${header.trimEnd()}\n${areas.join('')}`
}

/** One line for every interrupt chip in `proc/interrupts`. */
export function interruptsText(text: string): string {
  const chips = text.split('\n').map((line) => {
    const columns = /^\s*\d+:(?:\s+\d+)*\s+(\D\S*)/.exec(line)
    return columns?.[1] === undefined ? '' : `  0:          0  ${columns[1]}\n`
  })
  return `           CPU0\n${distinct(chips)}`
}

/** Of the devices in `proc/bus/input/devices` where they hang, who handles them, and which events they have. */
export function inputText(text: string): string {
  return text
    .split(/\n\n+/)
    .map((device) =>
      device
        .split('\n')
        .filter((line) => /^(?:S: Sysfs=|H: Handlers=|B: EV=)/.test(line))
        .map((line) => `${line}\n`)
        .join(''),
    )
    .filter((device) => device !== '')
    .join('\n')
}

function distinct(lines: readonly string[]): string {
  return [...new Set(lines)].join('')
}
