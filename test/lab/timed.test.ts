import { expect, it } from 'vitest'
import { callsPerFunction, countCalls } from '../../lab/calls.js'
import { manyFunctions } from '../../lab/many-functions.js'

/** The end of what `strace -f -c` wrote of an `lspci` whose calls failed here and there. */
const SUMMARY = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 38.91    0.002462          36        68           pread64
  0.00    0.000000           0         1           rseq
------ ----------- ----------- --------- --------- ----------------
100.00    0.006328           6       955       185 total
`

it('all calls are in the last row of a summary, with or without failed ones', () => {
  expect(countCalls(SUMMARY)).toBe(955)
  expect(countCalls(SUMMARY.replace(' 185 total', '     total'))).toBe(955)
})

it('what is no summary is refused', () => {
  expect(() => countCalls('strace: Cannot find executable')).toThrow(
    /^no summary of strace: strace/,
  )
})

it('what a function costs is told apart from what a run costs', () => {
  const small = { functions: 10, summary: SUMMARY.replace(' 955 ', ' 555 ') }
  expect(callsPerFunction([{ functions: 50, summary: SUMMARY }, small])).toBe(10)
  expect(() => callsPerFunction([small])).toThrow('two hosts')
})

it('the machine to be timed has more than 200 functions, half of them virtual', () => {
  const { devices, setups } = manyFunctions()
  const functions = devices.filter((device) => !/^(?:intel-iommu|nvme-subsys),/.test(device)).length
  const vfs = setups.flatMap(({ sriov }) => sriov).reduce((sum, one) => sum + one.vfs, 0)
  expect(functions + vfs).toBeGreaterThan(200)
  expect(vfs / (functions + vfs)).toBeCloseTo(0.5, 1)
})
