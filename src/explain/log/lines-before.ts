import type { PciAddress } from '../../host/pci-address.js'
import { addressesIn } from './find-addresses.js'
import type { LogLine } from './log-line.js'

/** Lines before a message in which the function may stand that it is about. */
const BACK = 6

/** Lines of a block below the one that begins it, as `lspci -vvv` prints them. */
const BLOCK = 60

/** Remembers the lines before a message as far as they can belong to it. */
export function linesBefore() {
  const last: LogLine[] = []
  let leftmost: LogLine | null = null
  return {
    add(line: LogLine): void {
      last.push(line)
      if (last.length > BACK) last.shift()
      if (!isIndented(line)) leftmost = line
    },
    /**
     * What stands before a message that names no function, and belongs to it: a list of options whose bracket it
     * closes, a line that ends in the middle of something, the line that its block is indented below.
     */
    belongingTo(line: LogLine, before: string): Belonging {
      const ways = [openBracket(last, before), openEnd(last, line), head(line)]
      const lines = ways.find((each) => each.some(namesOne)) ?? []
      return { lines, devices: [...new Set(lines.flatMap(textOf).flatMap(addressesIn))] }
    },
  }

  function head(line: LogLine): readonly LogLine[] {
    const isBlock = leftmost !== null && isIndented(line) && line.number - leftmost.number <= BLOCK
    return leftmost !== null && isBlock ? [leftmost] : []
  }
}

/** Lines that a message goes on with, and the functions that they name. */
export interface Belonging {
  readonly lines: readonly LogLine[]
  readonly devices: readonly PciAddress[]
}

function namesOne(line: LogLine): boolean {
  return textOf(line).some((text) => addressesIn(text).length > 0)
}

function openBracket(last: readonly LogLine[], before: string): readonly LogLine[] {
  let open = depthOf(before)
  const lines: LogLine[] = []
  for (const each of [...last].reverse()) {
    if (open >= 0) return lines
    open += depthOf(textOf(each).join(' '))
    lines.unshift(each)
  }
  return open < 0 ? [] : lines
}

/** How many brackets a text opens more than it closes. */
function depthOf(text: string): number {
  let depth = 0
  for (const sign of text) {
    if (sign === '{' || sign === '[' || sign === '(') depth++
    else if (sign === '}' || sign === ']' || sign === ')') depth--
  }
  return depth
}

function openEnd(last: readonly LogLine[], line: LogLine): readonly LogLine[] {
  const lines: LogLine[] = []
  let below = line
  for (const each of [...last].reverse()) {
    if (below.clean().isHead || below.clean().isRecord) break
    if (!OPEN_END.test(textOf(each).join(' '))) break
    lines.unshift(each)
    if (namesOne(each)) break
    below = each
  }
  return lines
}

const OPEN_END = /(?:[:,({[=\\]|-device|\bfor|\bdevice)$/

function textOf(line: LogLine): readonly string[] {
  return line.raw.length > 4_000 ? [] : line.clean().texts
}

function isIndented({ raw }: LogLine): boolean {
  return /^(?:\s{0,4}[>|]\s?)?(?:\t| {2})/.test(raw) || raw.trim() === ''
}
