import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box } from '../../src/drawing/picture.js'
import { placeScene } from '../../src/drawing/place-scene.js'
import type { SceneNode } from '../../src/drawing/scene.js'
import { node, sceneOf } from './nodes.js'

/** Forests of up to 24 nodes: each names what it is below of those before it, or a root bus. */
const forest = fc
  .array(
    fc.record({
      above: fc.nat(),
      kind: fc.constantFrom('port' as const, 'function' as const, 'several' as const),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((choices) => {
    const parents = choices.map(({ above }, place) => (above % (place + 1)) - 1)
    const below = (parent: number): readonly SceneNode[] =>
      choices.flatMap(({ kind }, place) =>
        parents[place] === parent ? [node(`n${place}`, { kind, children: below(place) })] : [],
      )
    return below(-1)
  })

function idsOf(nodes: readonly SceneNode[]): string[] {
  return nodes.flatMap((each) => [each.id, ...idsOf(each.children)])
}

describe('placeScene', () => {
  it('gives every node a card of its own place, inside the picture', () => {
    fc.assert(
      fc.property(forest, (nodes) => {
        const { cards, width, height } = placeScene(sceneOf(nodes))
        expect(cards.map((card) => card.node.id)).toEqual(idsOf(nodes))
        for (const card of cards) {
          expect(card.x + card.width).toBeLessThanOrEqual(width)
          expect(card.y + card.height).toBeLessThanOrEqual(height)
          expect(cards.filter((other) => overlap(card, other))).toEqual([card])
        }
      }),
    )
  })

  it('draws a group around its members and nobody else', () => {
    fc.assert(
      fc.property(forest, fc.infiniteStream(fc.nat(3)), (nodes, numbers) => {
        const groups = [0, 1, 2, 3].map((id) => ({ label: `group ${id}`, members: [] as string[] }))
        const groupOf = new Map<string, string>()
        for (const id of idsOf(nodes)) {
          const group = groups[numbers.next().value ?? 0]
          group?.members.push(id)
          groupOf.set(id, group?.label ?? '')
        }
        const { regions, cards } = placeScene(sceneOf(nodes, { groups }))
        const shared = groups.filter(({ members }) => members.length > 1)
        for (const card of cards) {
          const around = regions.filter((region) => overlap(region, card))
          const label = groupOf.get(card.node.id) ?? ''
          const isShared = shared.some((group) => group.label === label)
          expect(around.map((region) => region.label.split(',')[0])).toEqual(
            isShared ? [label] : [],
          )
        }
      }),
    )
  })

  it('puts a port and what is below it into one region, and says so where that cannot be', () => {
    const below = [node('a', { children: [node('b'), node('c')] }), node('d')]
    const together = [{ label: 'group 4', members: ['a', 'b', 'c'] }]
    expect(placeScene(sceneOf(below, { groups: together })).regions).toMatchObject([
      { label: 'group 4', tint: 0 },
    ])
    const apart = [{ label: 'group 4', members: ['b', 'd'] }]
    expect(placeScene(sceneOf(below, { groups: apart })).regions.map(({ label }) => label)).toEqual(
      ['group 4, part 1 of 2', 'group 4, part 2 of 2'],
    )
  })

  it('leads a line to every card', () => {
    const below = [node('a', { children: [node('b'), node('c')] })]
    const { cards, links } = placeScene(sceneOf(below))
    expect(links.map(({ toX, toY }) => `${toX} ${toY}`)).toEqual(
      cards.map(({ x, y, height }) => `${x} ${y + height / 2}`),
    )
  })

  it('places a bus of 8,192 functions and a chain of 4,096 bridges', () => {
    const flat = Array.from({ length: 8192 }, (_, id) => node(`f${id}`))
    expect(placeScene(sceneOf(flat)).cards).toHaveLength(8192)
    let chain = node('end')
    for (let id = 0; id < 4096; id += 1) chain = node(`b${id}`, { children: [chain] })
    expect(placeScene(sceneOf([chain])).cards).toHaveLength(4097)
  })
})

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}
