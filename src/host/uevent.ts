/** What `pci_uevent` and the driver core print of a function; undefined: no such line, or not of that form. */
export interface PciUevent {
  readonly driver: string | undefined
  /** 24 bits: class, subclass, programming interface. */
  readonly classCode: number | undefined
  readonly id: IdPair | undefined
  readonly subsystem: IdPair | undefined
}

export interface IdPair {
  readonly vendor: number
  readonly device: number
}

/** Parses the `uevent` file of a PCI function: one read gives what would take six attributes. */
export function parsePciUevent(text: string): PciUevent {
  return {
    driver: lineValue(text, 'DRIVER='),
    classCode: parseClass(lineValue(text, 'PCI_CLASS=')),
    id: parseIds(lineValue(text, 'PCI_ID=')),
    subsystem: parseIds(lineValue(text, 'PCI_SUBSYS_ID=')),
  }
}

function lineValue(text: string, key: string): string | undefined {
  let at = text.indexOf(key)
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(key, at + 1)
  if (at < 0) return undefined
  const end = text.indexOf('\n', at)
  return text.slice(at + key.length, end < 0 ? undefined : end)
}

/** `%04X`: leading zeros of the class are not printed. */
function parseClass(value: string | undefined): number | undefined {
  return value !== undefined && /^[0-9A-F]{1,6}$/i.test(value)
    ? Number.parseInt(value, 16)
    : undefined
}

function parseIds(value: string | undefined): IdPair | undefined {
  if (value === undefined || !/^[0-9A-F]{4}:[0-9A-F]{4}$/i.test(value)) return undefined
  return {
    vendor: Number.parseInt(value.slice(0, 4), 16),
    device: Number.parseInt(value.slice(5), 16),
  }
}
