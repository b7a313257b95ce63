/** The SR-IOV capability of a PF (PCIe 9.3.3), as far as it places the VFs. */
export interface PrintedSriov {
  readonly isEnabled: boolean
  /** TotalVFs, NumVFs. */
  readonly total: number
  readonly count: number
  /** First VF Offset, VF Stride. */
  readonly offset: number
  readonly stride: number
  /** VF Device ID. */
  readonly device: number
}

/** Takes the lines of one function's block one after the other. */
export interface SriovReading {
  take(line: string): void
  /** undefined: they were not all printed. */
  finish(): PrintedSriov | undefined
}

const CONTROL = /^\s+IOVCtl:\s+Enable([+-])/
const NUMBERS = /^\s+Initial VFs: \d{1,5}, Total VFs: (\d{1,5}), Number of VFs: (\d{1,5})/
const PLACES = /^\s+VF offset: (\d{1,5}), stride: (\d{1,5}), Device ID: ([0-9a-f]{4})/

export function readSriov(): SriovReading {
  let control: RegExpExecArray | null = null
  let numbers: RegExpExecArray | null = null
  let places: RegExpExecArray | null = null

  return {
    take(line) {
      control ??= CONTROL.exec(line)
      numbers ??= NUMBERS.exec(line)
      places ??= PLACES.exec(line)
    },
    finish() {
      if (control === null || numbers === null || places === null) return undefined
      return {
        isEnabled: control[1] === '+',
        total: Number(numbers[1]),
        count: Number(numbers[2]),
        offset: Number(places[1]),
        stride: Number(places[2]),
        device: Number.parseInt(places[3] ?? '', 16),
      }
    },
  }
}
