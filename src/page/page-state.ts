import type { Vm } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { Given } from '../topology/scene-options.js'

/** Everything the reader of the page has chosen. */
export interface PageState {
  readonly policy: PolicyId
  /** Functions that VM A and VM B get. */
  readonly given: Given
  /** Nodes that are folded. */
  readonly folded: ReadonlySet<string>
  /** Functions that were asked to be pointed out: those of a unit. */
  readonly lit: readonly PciAddress[]
  /** Node whose detail is shown. */
  readonly selected: string | null
  /** Node that the keyboard is at. */
  readonly current: string | null
  /** Size of the drawing; 1: as drawn. */
  readonly zoom: number
}

/** One step larger (`+1`) or smaller (`-1`). */
export function zoomed(zoom: number, step: 1 | -1): number {
  return boundedZoom(step === 1 ? zoom * 1.2 : zoom / 1.2)
}

/** A size that shows something. */
export function boundedZoom(zoom: number): number {
  return Math.min(3, Math.max(0.05, zoom))
}

/** Gives a function to a VM, and takes it from the other one; what it has already is taken back. */
export function giving(given: Given, address: PciAddress, vm: Vm): Given {
  const changed = new Map(given)
  if (changed.get(address) === vm) changed.delete(address)
  else changed.set(address, vm)
  return changed
}

/** The set without the value, if it holds it, else with it. */
export function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const changed = new Set(set)
  if (!changed.delete(value)) changed.add(value)
  return changed
}

/** Width and height in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The size in which all of a drawing is seen; 1 at most. */
export function wholeZoom(drawn: Size, room: Size): number {
  return boundedZoom(Math.min(1, room.width / drawn.width, room.height / drawn.height))
}

/** The size to begin with: all of it if that is readable, else all its width, as far as it stays readable. */
export function fittingZoom(drawn: Size, room: Size): number {
  const whole = wholeZoom(drawn, room)
  if (whole >= WELL_READABLE) return whole
  return Math.min(1, Math.max(LEAST_READABLE, room.width / drawn.width))
}

const WELL_READABLE = 0.85
const LEAST_READABLE = 0.78
