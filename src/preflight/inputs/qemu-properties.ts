/** Properties of an option of QEMU, the last of each name. */
export type Properties = ReadonlyMap<string, string>

/**
 * `vfio-pci,host=03:00.0,iommufd=iommufd0`; a comma inside a value is written twice (QemuOpts). Or a JSON object; null: it
 * is none. `first`: the property whose name may be left out in the beginning.
 */
export function propertiesOf(value: string, first: string): Properties | null {
  if (!/^\s*\{/.test(value)) return listed(value, first)
  const [outer] = propertySets(value)
  return outer ?? null
}

function listed(value: string, first: string): Properties {
  const properties = new Map<string, string>()
  for (const [index, part] of splitAtCommas(value).entries()) {
    const equals = part.indexOf('=')
    if (equals > 0) properties.set(part.slice(0, equals), part.slice(equals + 1))
    else if (index === 0) properties.set(first, part)
  }
  return properties
}

/** From the left, as `get_opt_value`: two commas are one of the value, also after one that ended it. */
function splitAtCommas(value: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < value.length; at += 1) {
    const char = value.charAt(at)
    if (char !== ',') part += char
    else if (value.charAt(at + 1) === ',') {
      part += ','
      at += 1
    } else {
      parts.push(part)
      part = ''
    }
  }
  return [...parts, part]
}

/** Deeper than this no option of QEMU nests its objects. */
const MOST_DEPTH = 16

/** The properties of an option, and of every object inside it; none where it is broken JSON. */
export function propertySets(value: string): readonly Properties[] {
  if (!/^\s*\{/.test(value)) return [listed(value, 'file')]
  try {
    return objectsIn(JSON.parse(value), 0)
  } catch {
    return []
  }
}

function objectsIn(value: unknown, depth: number): readonly Properties[] {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return []
  const inside = Object.values(value).flatMap((each) => objectsIn(each, depth + 1))
  if (Array.isArray(value)) return inside
  const own = Object.entries(value).map(([key, each]): [string, string] => [key, textOf(each)])
  return [new Map(own), ...inside]
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
