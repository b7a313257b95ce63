import { median } from './run-process.mjs'
import { markdownTable } from './table.mjs'
import { memoryPerThousand, quartiles } from './tables.mjs'

/** Numbers of functions that the aims speak of, in a host of the shape `mixed`. */
export const AIM_SIZES = [1024, 8192]

/** `today`: as it was when the aims were set, on another machine. `of`: ratios, or MiB, turn by turn. */
const AIMS = [
  { what: '`--version` / bare Node', today: 1.4, aim: 1.2, of: start('`--version`') },
  {
    what: '`inspect`, 64 functions / bare Node',
    today: 3.8,
    aim: 1.9,
    of: start('`inspect`, 64 functions'),
  },
  {
    what: '`hook libvirt` passing, 64 / bare Node',
    today: 4,
    aim: 2,
    of: start('`hook libvirt` passing, 64 functions'),
  },
  { what: '`inspect --json`, 1,024 / `lspci -vvv`', today: 5.4, aim: 1.5, of: onTree('json', 0) },
  { what: '`inspect` (text), 1,024 / `lspci -vvv`', today: 6.4, aim: 1.2, of: onTree('text', 0) },
  { what: '`inspect --json`, 8,192 / `lspci -vvv`', today: 2.8, aim: 0.8, of: onTree('json', 1) },
  { what: '`inspect` (text), 8,192 / `lspci -vvv`', today: 3, aim: 0.6, of: onTree('text', 1) },
  {
    what: 'peak memory for 1,000 functions, MiB',
    today: 9,
    aim: 2,
    of: ({ trees }) => memoryPerThousand(trees[0], trees[1]),
  },
  { what: 'floor, 1,024 / `lspci -vvv`', of: onTree('floor', 0) },
  { what: 'floor, 8,192 / `lspci -vvv`', of: onTree('floor', 1) },
]

/** Short runs that an aim speaks of. */
export function isAimed(what) {
  return AIMS.some((aim) => aim.of.start === what)
}

/** The table of docs/bench.md. `trees`: a host of each of {@link AIM_SIZES}; null: some aim was not measured. */
export function aimsTable(start, measured) {
  const trees = AIM_SIZES.map((size) =>
    measured.find(({ host }) => host.shape === 'mixed' && host.functions === size),
  )
  if (trees.includes(undefined)) return null
  const rows = AIMS.map(({ what, today, aim, of }) => {
    const values = of({ start, trees })
    const aimed = aim === undefined ? ['-', '-', '-'] : [today, aim, (today + aim) / 2].map(short)
    const reached = values === null ? ['-', '-'] : [median(values).toFixed(2), quartiles(values)]
    return [what, ...aimed, ...reached]
  })
  return markdownTable(['what', 'today', 'aim', 'middle', 'reached', 'quartiles'], rows)
}

function start(what) {
  const of = ({ start }) => start.find((each) => each.what === what).ratios
  return Object.assign(of, { start: what })
}

/** null: this machine has no such program. */
function onTree(command, at) {
  return ({ trees }) =>
    trees[at].turns[0][command] === undefined
      ? null
      : trees[at].turns.map((turn) => turn[command].cpuMs / turn.lspci.cpuMs)
}

function short(number) {
  return String(Math.round(number * 100) / 100)
}
