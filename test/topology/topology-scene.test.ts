import { describe, expect, it } from 'vitest'
import { drawnNodes, type SceneNode } from '../../src/drawing/scene.js'
import { indexReport } from '../../src/inspect/report-index.js'
import { growForest } from '../../src/topology/grow-forest.js'
import { usualFolds } from '../../src/topology/topology-folds.js'
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
