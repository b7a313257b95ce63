import type { PciAddress } from '../host/pci-address.js'
import type { PolicyId } from '../policy/policies/index.js'

/** Everything the reader of the page has chosen. */
export interface PageState {
  readonly policy: PolicyId
  /** What `my VM` owns. */
  readonly owned: ReadonlySet<PciAddress>
  /** Nodes that are folded. */
  readonly folded: ReadonlySet<string>
  /** Node whose detail is shown. */
  readonly selected: string | null
  /** Node that the keyboard is at. */
  readonly current: string | null
  /** Size of the drawing; 1: as drawn. */
  readonly zoom: number
}

const ZOOMS: readonly number[] = [0.4, 0.55, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5]

/** The next larger (`+1`) or smaller (`-1`) size. */
export function zoomed(zoom: number, step: 1 | -1): number {
  const place = ZOOMS.indexOf(zoom) + step
  return ZOOMS[place] ?? zoom
}

/** The set without the value, if it holds it, else with it. */
export function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const changed = new Set(set)
  if (!changed.delete(value)) changed.add(value)
  return changed
}

/** The largest size in which a drawing fits into a width, as far as it stays readable. */
export function fittingZoom(drawn: number, room: number): number {
  const fitting = ZOOMS.findLast((zoom) => zoom <= 1 && drawn * zoom <= room)
  return Math.max(fitting ?? LEAST_READABLE, LEAST_READABLE)
}

const LEAST_READABLE = 0.7
