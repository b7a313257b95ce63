import type { SceneLink, SceneNode, SceneSet } from './scene.js'

/**
 * A scene with places, in CSS pixels from the top left corner. What comes later in a list is drawn over what came
 * before.
 */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly headings: readonly Heading[]
  readonly regions: readonly Region[]
  readonly links: readonly Link[]
  readonly passages: readonly Way[]
  readonly outlines: readonly Outline[]
  readonly cards: readonly Card[]
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Heading {
  readonly x: number
  readonly y: number
  readonly text: string
}

/** A part of an IOMMU group. A group whose members do not stand together has several. */
export interface Region extends Box {
  readonly label: string
  /** Number of colour and pattern. */
  readonly tint: number
}

export interface Outline extends Box {
  readonly kind: SceneSet['kind']
  readonly label: string
  /** Runs around regions: its label stands inside, where there is nothing else. */
  readonly wide: boolean
}

/** A line from a parent to a child: right, down, right. */
export interface Link {
  readonly fromX: number
  readonly fromY: number
  readonly bendX: number
  readonly toX: number
  readonly toY: number
  /** What is said above its end. */
  readonly label: SceneLink | null
}

/** A way sideways: a line along `x` with a branch to each card that has a part in it. */
export interface Way {
  readonly x: number
  readonly ends: readonly WayEnd[]
}

export interface WayEnd {
  readonly x: number
  readonly y: number
  /** An arrow points at what can be reached; else the way begins here. */
  readonly reached: boolean
}

/** How far the cards behind the first one of a stack reach to the right and below. */
export const STACK = 6

export interface Card extends Box {
  readonly node: SceneNode
  /** Depth below the root bus, from 1. */
  readonly level: number
}
