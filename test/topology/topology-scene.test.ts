import { describe, expect, it } from 'vitest'
import { drawnNodes, type SceneNode } from '../../src/drawing/scene.js'
import { indexReport } from '../../src/inspect/report-index.js'
import { growForest } from '../../src/topology/grow-forest.js'
import { pathTo, usualFolds } from '../../src/topology/topology-folds.js'
import { topologyScene } from '../../src/topology/topology-scene.js'
import {
  ACS_OK,
  ACS_REDIRECT_OFF,
  endpoint,
  type FunctionSpec,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
} from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { reportOf } from '../support/report-of.js'

const SWITCHED: readonly FunctionSpec[] = [
  rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
  switchUp('0000:01:00.0', { secondary: '02', group: 2 }),
  switchDown('0000:02:00.0', { secondary: '03', acs: ACS_OK, group: 3 }),
  endpoint('0000:03:00.0', { group: 4, driver: 'vfio-pci', mfd: true }),
  endpoint('0000:03:00.1', { group: 4, driver: 'vfio-pci', mfd: true }),
  switchDown('0000:02:01.0', { secondary: '04', acs: ACS_REDIRECT_OFF, group: 5 }),
  endpoint('0000:04:00.0', { group: 5, driver: 'nvme', class: 0x010802 }),
]

async function drawn(functions: readonly FunctionSpec[], folded: readonly string[] = []) {
  const index = indexReport(await reportOf({ functions } satisfies HostSpec))
  const options = { index, policy: 'iommufd', asked: new Set<never>(), links: new Map() } as const
  const forest = growForest(options)
  const scene = topologyScene({ ...options, forest, folded: new Set(folded), given: null })
  const nodes = new Map([...drawnNodes(scene)].map((node) => [node.id, node]))
  return { scene, nodes, at: (id: string): SceneNode | undefined => nodes.get(id), forest }
}

describe('topologyScene', () => {
  it('draws every function once, below what it hangs on', async () => {
    const { nodes, at } = await drawn(SWITCHED)
    expect([...nodes.keys()].sort()).toEqual(SWITCHED.map(({ address }) => address).sort())
    expect(at('0000:01:00.0')?.children.map(({ id }) => id)).toEqual([
      '0000:02:00.0',
      '0000:02:01.0',
    ])
  })

  it('marks ports by their ACS and functions by their verdict', async () => {
    const { at } = await drawn(SWITCHED)
    expect(at('0000:02:00.0')?.acs?.state).toBe('enforced')
    expect(at('0000:02:01.0')?.acs).toMatchObject({ state: 'open' })
    expect(at('0000:01:00.0')?.acs).toBeNull()
    expect(at('0000:03:00.0')?.mark).toEqual({ kind: 'yes', text: 'permitted' })
    expect(at('0000:02:00.0')?.mark).toBeNull()
  })

  it('tells a refusal that does no harm from one after which nothing resets the function', async () => {
    const card = (flr: boolean) => [
      rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
      endpoint('0000:01:00.0', { group: 2, mfd: true, driver: 'vfio-pci', flr }),
      endpoint('0000:01:00.1', { group: 3, mfd: true, driver: 'nvidia' }),
    ]
    const { at: harmless } = await drawn(card(true))
    expect(harmless('0000:01:00.0')?.mark).toEqual({ kind: 'harmless', text: 'harmless' })
    expect(harmless('0000:01:00.0')?.description).toContain('refused, but harmless')
    const { at: fatal } = await drawn(card(false))
    expect(fatal('0000:01:00.0')?.mark?.kind).toBe('no')
  })

  it('has groups as regions and dev_sets as outlines', async () => {
    const { scene } = await drawn(SWITCHED)
    expect(scene.groups).toContainEqual({
      label: 'group 5',
      members: ['0000:02:01.0', '0000:04:00.0'],
    })
    expect(scene.sets).toContainEqual({
      kind: 'dev-set',
      label: 'dev_set bus 0000:03',
      members: ['0000:03:00.0', '0000:03:00.1'],
    })
  })

  it('says how much a folded port hides', async () => {
    const { at, nodes, scene } = await drawn(SWITCHED, ['0000:01:00.0'])
    expect(at('0000:01:00.0')).toMatchObject({
      hidden: 5,
      children: [],
      facts: '5 functions below',
    })
    expect(nodes.size).toBe(2)
    expect(scene.groups.every(({ members }) => members.every((id) => nodes.has(id)))).toBe(true)
  })

  it('shows a name that could act as what it is', async () => {
    const { at } = await drawn([
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { group: 1, driver: 'a\u001b[2J\u202eb' }),
    ])
    expect(at('0000:01:00.0')?.facts).toContain('a\\x1b[2J\\u{202e}b')
  })
})

describe('stacks', () => {
  const gpus = (count: number, odd: Partial<FunctionSpec> = {}): readonly FunctionSpec[] => [
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
    switchUp('0000:01:00.0', { secondary: '02', group: 2 }),
    ...Array.from({ length: count }, (_, place): readonly FunctionSpec[] => {
      const bus = `${10 + place}`
      const facts = { driver: 'nvidia', mfd: true, group: 20 + place, ...(place === 2 ? odd : {}) }
      return [
        switchDown(`0000:02:${bus}.0`, { secondary: bus, acs: ACS_OK, group: 60 + place }),
        endpoint(`0000:${bus}:00.0`, { ...facts, id: '10de:1eb0', class: 0x030000 }),
        endpoint(`0000:${bus}:00.1`, { ...facts, id: '10de:10f8', class: 0x040300 }),
        endpoint(`0000:${bus}:00.2`, { ...facts, id: '10de:1ad8', class: 0x0c0330 }),
        endpoint(`0000:${bus}:00.3`, { ...facts, id: '10de:1ad9', class: 0x0c8000 }),
      ]
    }).flat(),
  ]
  const STACK = '0000:02:10.0 and alike'

  it('draw eight alike cards once, with their groups and resets, and one by one when opened', async () => {
    const { scene, at, nodes, forest } = await drawn(gpus(8), [STACK])
    expect(usualFolds(forest, 90)).toEqual(new Set([STACK]))
    expect(pathTo('0000:13:00.2', forest)).toEqual([
      '0000:00:01.0',
      '0000:01:00.0',
      STACK,
      '0000:02:13.0',
    ])
    expect(nodes.size).toBe(2 + 5)
    expect(at(STACK)).toMatchObject({ kind: 'port', devices: 8, name: '8 ports', hidden: 40 })
    const rows = at(STACK)?.children ?? []
    expect(rows.map(({ name }) => name)).toEqual([0, 1, 2, 3].map((n) => `8 × 10–17:00.${n}`))
    expect(rows.every(({ functions, owner }) => functions.length === 8 && owner === null)).toBe(
      true,
    )
    expect(scene.groups).toContainEqual({ label: '8 groups', members: rows.map(({ id }) => id) })
    expect(scene.sets).toContainEqual({
      kind: 'reset',
      label: 'reset together, 8 sets',
      members: rows.map(({ id }) => id),
    })
    const open = await drawn(gpus(8))
    expect(open.at(STACK)).toMatchObject({ kind: 'several', name: '8 alike', hidden: 0 })
    expect(open.nodes.size).toBe(2 + 1 + 8 * 5)
  })

  it('have the VFs of alike PFs as one card, which opens by itself', async () => {
    const nics = [1, 2, 3].flatMap((bus): readonly FunctionSpec[] => [
      rootPort(`0000:00:0${bus}.0`, { secondary: `0${bus}`, group: bus }),
      endpoint(`0000:0${bus}:00.0`, { group: 10 + bus, totalVfs: 2, class: 0x020000 }),
      ...[0, 2].map((number) =>
        virtualFunction(`0000:0${bus}:10.${number}`, {
          vf: { pf: `0000:0${bus}:00.0`, index: number / 2 },
          group: 20 + 10 * bus + number,
        }),
      ),
    ])
    const stack = '0000:00:01.0 and alike'
    const vfs = '0000:01:10.0 and more and alike'
    const { at, nodes, forest } = await drawn(nics, [stack, vfs])
    expect(usualFolds(forest, 90)).toEqual(new Set([stack, vfs]))
    expect(nodes.size).toBe(3)
    expect(at(vfs)).toMatchObject({ name: '6 VFs', devices: 3, hidden: 6 })
    expect((await drawn(nics, [stack])).nodes.size).toBe(5)
  })

  it('hold nothing that differs, and are of three at least', async () => {
    const { nodes, at } = await drawn(gpus(5, { driver: 'vfio-pci' }), [STACK])
    expect(at(STACK)?.devices).toBe(4)
    expect(nodes.has('0000:12:00.0')).toBe(true)
    expect((await drawn(gpus(3))).at(STACK)).toBeDefined()
    expect((await drawn(gpus(2))).at(STACK)).toBeUndefined()
    expect((await drawn(gpus(3, { group: 99 }))).at(STACK)).toBeDefined()
    expect((await drawn(gpus(3, { flr: true }))).at(STACK)).toBeUndefined()
  })
})

describe('passages', () => {
  it('lead from a port that lets requests pass to its siblings, and between functions that can talk', async () => {
    const { scene } = await drawn(SWITCHED)
    expect(scene.passages).toEqual([
      { from: ['0000:02:01.0'], to: ['0000:02:00.0', '0000:02:01.0'] },
      { from: ['0000:03:00.0', '0000:03:00.1'], to: ['0000:03:00.0', '0000:03:00.1'] },
    ])
    const walled = await drawn(
      SWITCHED.map((each) => ({ ...each, ...(each.acs ? { acs: ACS_OK } : {}) })),
    )
    expect(walled.scene.passages).toHaveLength(1)
  })

  it('are none where ACS was not read', async () => {
    const unread = SWITCHED.map((each): FunctionSpec => ({ ...each, config: 'unprivileged' }))
    expect((await drawn(unread)).scene.passages).toEqual([])
  })
})

describe('usualFolds', () => {
  it('opens VFs for nobody, and first what has something on VFIO', async () => {
    const functions = Array.from({ length: 20 }, (_, port): readonly FunctionSpec[] => {
      const bus = (port + 1).toString(16).padStart(2, '0')
      const driver = port === 17 ? 'vfio-pci' : 'igb'
      return [
        rootPort(`0000:00:${bus}.0`, { secondary: bus, group: 100 + port }),
        endpoint(`0000:${bus}:00.0`, {
          id: `8086:10${bus}`,
          mfd: true,
          driver,
          group: 2 * port,
          class: 0x020000,
        }),
        endpoint(`0000:${bus}:00.1`, { mfd: true, driver, group: 2 * port + 1, class: 0x020000 }),
      ]
    }).flat()
    const { forest } = await drawn(functions)
    const folded = usualFolds(forest, 1)
    expect(folded.has('0000:00:12.0')).toBe(false)
    expect(folded.size).toBe(19)
    expect(usualFolds(forest, 1000).size).toBe(0)
    const { forest: withVfs } = await drawn([
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { group: 1, totalVfs: 2, class: 0x020000 }),
      virtualFunction('0000:01:10.0', { vf: { pf: '0000:01:00.0', index: 0 }, group: 2 }),
      virtualFunction('0000:01:10.1', { vf: { pf: '0000:01:00.0', index: 1 }, group: 3 }),
    ])
    expect(usualFolds(withVfs, 1000)).toEqual(new Set(['0000:01:10.0 and more']))
  })
})
