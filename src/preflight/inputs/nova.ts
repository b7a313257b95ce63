import { at, parseDocuments, textAt, type Value } from './structured.js'
import {
  type Found,
  type FunctionPattern,
  type InputProblem,
  isInputProblem,
  parseId,
  quoted,
  type VmInput,
  vmInput,
} from './vm-input.js'

/** `device_spec` and its older name, at the beginning of a line. */
const OPTION = /^[ \t]*(?:device_spec|passthrough_whitelist)[ \t]*=[ \t]*((?:[^ \t][\s\S]*)?)$/

/** Whether the text looks like a configuration of Nova that gives functions away. */
export function isNovaConfig(text: string): boolean {
  return text.split('\n').some((line) => OPTION.test(line))
}

/**
 * What Nova may give to VMs: `[pci] device_spec`, by IDs, by address with `*`, or by address with patterns. Every function that
 * matches goes to a VM of its own. Other options of the file are passed over.
 */
export async function parseNovaConfig(text: string): Promise<VmInput | InputProblem> {
  const found: Found[] = []
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    const value = OPTION.exec(line)?.[1]
    if (value === undefined) continue
    const spec = await specIn(value, lines.slice(index + 1))
    if (spec === null) {
      return { problem: `its device_spec ${quoted(value)} is no JSON object`, line: index + 1 }
    }
    found.push(...(Array.isArray(spec) ? spec : [spec]).map(specFound))
  }
  return vmInput(null, found)
}

/** The value of an option; it goes on in lines that are indented (oslo.config). null: it is no object, and no list of them. */
async function specIn(value: string, following: readonly string[]): Promise<object | null> {
  const more = following.slice(0, MOST_LINES)
  const end = more.findIndex((line) => !/^[ \t]+\S/.test(line) || OPTION.test(line))
  const whole = [value, ...(end < 0 ? more : more.slice(0, end))].join('\n')
  for (const written of new Set([whole, value])) {
    const specs = await parseDocuments(written)
    const [spec] = isInputProblem(specs) ? [] : specs
    if (typeof spec === 'object' && spec !== null) return spec
  }
  return null
}

/** Lines of one value. */
const MOST_LINES = 256

function specFound(spec: Value): Found {
  const text = quoted(JSON.stringify(spec))
  const address = addressOf(at(spec, 'address'))
  const vendor = idOf(textAt(spec, 'vendor_id'))
  const device = idOf(textAt(spec, 'product_id'))
  const isUnread = address === undefined || vendor === undefined || device === undefined
  if (isUnread || at(spec, 'devname') !== undefined) return { cause: 'pool', text }
  const pattern: FunctionPattern = { vendor, device, address }
  const managed = textAt(spec, 'managed') !== 'no'
  return { which: { by: 'ids', pattern, count: 'each', text }, managed, via: null, token: null }
}

/** null: any; undefined: not readable. */
function idOf(written: string | null): number | null | undefined {
  return written === null || written === '*' ? null : parseId(written)
}

/**
 * `*:0a:00.*` with `*` for any number, or an object with a pattern for each number. Patterns of Nova are regular expressions,
 * of which those are read that list or range over digits: others are not safe to run.
 */
function addressOf(address: Value): RegExp | null | undefined {
  if (address === undefined || address === null) return null
  if (typeof address === 'string') return globOf(address)
  const parts = ['domain', 'bus', 'slot', 'function'].map((key) => partOf(textAt(address, key)))
  const [domain, bus, slot, func] = parts
  if (parts.includes(undefined)) return undefined
  try {
    return new RegExp(`^(?:${domain}):(?:${bus}):(?:${slot})\\.(?:${func})$`, 'i')
  } catch {
    // `[9-0]`.
    return undefined
  }
}

function globOf(address: string): RegExp | null | undefined {
  if (address === '*') return null
  const match =
    /^(?:([0-9a-f]{1,8}|\*):)?([0-9a-f]{2}|\*):([0-9a-f]{2}|\*)(?:\.([0-7]|\*))?$/i.exec(address)
  if (match === null) return undefined
  const [, domain = '*', bus = '*', slot = '*', func = '*'] = match
  const any = (part: string, width: string) => (part === '*' ? `[0-9a-f]${width}` : part)
  const wide = domain === '*' ? domain : domain.padStart(4, '0')
  return new RegExp(
    `^${any(wide, '{4,8}')}:${any(bus, '{2}')}:${any(slot, '{2}')}\\.${any(func, '')}$`,
    'i',
  )
}

/** Digits, ranges of digits, alternatives, and `.*`: nothing that could take long. */
function partOf(written: string | null): string | undefined {
  if (written === null || written === '.*') return '[0-9a-f]{1,8}'
  return /^(?:[0-9a-f]|\[[0-9a-f-]{1,16}\]|\||\.){1,64}$/i.test(written) ? written : undefined
}
