import { describe, expect, test } from 'vitest'
import { analyseIsolation } from '../../src/iommu/analyse-isolation.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import { LABS, loadFixture, loadLabState } from '../support/fixtures.js'
import { groupingText, partitionText } from '../support/groups.js'
import { labStates } from '../support/lab-states.js'

describe('groups that real kernels formed', () => {
  test('amd-x570-rtx3090: 45 functions in 31 groups, 00:00.0 and the IOMMU in none', async () => {
    const topology = buildTopology(await loadFixture('amd-x570-rtx3090'))
    const { prediction, check } = analyseIsolation(topology)
    const stated = topology.raw.groups.map(({ devices }) => devices)
    expect(stated.flat().length).toBe(45)
    expect(prediction.widest.groups.length).toBe(31)
    expect(groupingText(prediction.widest)).toBe(partitionText(stated))
    expect(check()).toEqual({ comparable: true, differences: [] })
  })

  test('ghw-i7-1270p-groups: without config nothing can be compared', async () => {
    const { check } = analyseIsolation(buildTopology(await loadFixture('ghw-i7-1270p-groups')))
    expect(check()).toEqual({ comparable: false, differences: [] })
  })

  for (const lab of LABS) {
    test.each(labStates(lab))(`${lab}, state %s`, async (state) => {
      const topology = buildTopology(await loadLabState(lab, state))
      const { prediction, check } = analyseIsolation(topology)
      const stated = topology.raw.groups.map(({ devices }) => devices)
      expect(stated.length).toBeGreaterThan(0)
      expect(groupingText(prediction.widest)).toBe(partitionText(stated))
      expect(check()).toEqual({ comparable: true, differences: [] })
    })
  }
})
