import { median, quantile } from './run-process.mjs'
import { markdownTable } from './table.mjs'

const NAMES = {
  json: 'inspect --json',
  text: 'inspect',
  lspci: 'lspci -vvv',
  bare: 'node -e 0',
  floor: 'floor',
}

const TURNS_HEAD = 'what,ms,cpu / lspci -vvv,quartiles,peak MiB,output MiB'.split(',')

/**
 * Turns of commands of which one is `lspci`: a row for each. What is known of a host goes before them, a column each; `calls`: system
 * calls for each function, by the name of a command, where they were counted.
 */
export function turnsTable(hosts, calls = {}) {
  const isCounted = Object.keys(calls).length > 0
  const head = [...Object.keys(hosts[0].host), ...TURNS_HEAD, ...(isCounted ? ['calls each'] : [])]
  const rows = hosts.flatMap(({ host, turns }) =>
    Object.keys(turns[0]).map((what) => [
      ...Object.values(host).map(String),
      ...turnsRow(turns, what),
      ...(isCounted ? [calls[what]?.toFixed(1) ?? '-'] : []),
    ]),
  )
  return markdownTable(head, rows)
}

function turnsRow(turns, what) {
  const ratios = turns.map((turn) => turn[what].cpuMs / turn.lspci.cpuMs)
  return [
    NAMES[what],
    middle(turns, (turn) => turn[what].cpuMs).toFixed(0),
    median(ratios).toFixed(2),
    quartiles(ratios),
    middle(turns, (turn) => turn[what].peakMiB).toFixed(0),
    middle(turns, (turn) => turn[what].outputBytes / 2 ** 20).toFixed(1),
  ]
}

export function startTable(start) {
  const rows = start.map(({ what, ms, ratios }) => [
    what,
    median(ms).toFixed(0),
    median(ratios).toFixed(2),
    quartiles(ratios),
  ])
  return markdownTable(['what', 'ms', 'ratio', 'quartiles'], rows)
}

/** Exponent of processor time (1: linear) and memory for each 1,000 functions more, from one size to the next. */
export function growthTable(measured) {
  const rows = measured.slice(1).flatMap((large, at) => {
    const small = measured[at]
    if (small.host.shape !== large.host.shape) return []
    const sizes = [small.host.functions, large.host.functions]
    const ms = ({ turns }) => middle(turns, ({ json }) => json.cpuMs)
    const exponent = Math.log(ms(large) / ms(small)) / Math.log(sizes[1] / sizes[0])
    const memory = median(memoryPerThousand(small, large))
    return [[large.host.shape, sizes.join(' to '), exponent.toFixed(2), memory.toFixed(2)]]
  })
  const head = ['shape', 'functions', 'time exponent', 'MiB per 1,000']
  return rows.length === 0 ? null : markdownTable(head, rows)
}

/** MiB of peak memory for 1,000 functions more, turn by turn. */
export function memoryPerThousand(small, large) {
  const more = (large.host.functions - small.host.functions) / 1000
  return large.turns.map(({ json }, at) => (json.peakMiB - small.turns[at].json.peakMiB) / more)
}

export function quartiles(values) {
  return [0.25, 0.75].map((part) => quantile(values, part).toFixed(2)).join(' to ')
}

function middle(turns, pick) {
  return median(turns.map(pick))
}
