import { expect, test } from 'vitest'
import { isAtLeast, parseKernelRelease } from '../../src/kernel/kernel-release.js'

test.each([
  ['6.12.95', 6, 12, 95],
  ['6.12.0', 6, 12, 0],
  ['6.8', 6, 8, null],
  ['6.12.95+deb12-amd64', 6, 12, 95],
  ['6.12.117-lab', 6, 12, 117],
  ['5.10.262~rc1', 5, 10, 262],
  // A patch number of 0 with a suffix says nothing of the true patch level.
  ['6.1.0-56-amd64', 6, 1, null],
  ['6.8.0-31-generic', 6, 8, null],
  ['7.2.0-rc3', 7, 2, null],
  ['6.12-rc1', 6, 12, null],
])('%s', (text, major, minor, patch) => {
  expect(parseKernelRelease(text)).toEqual({ text, major, minor, patch })
})

test.each(['', '6', 'v6.12', '6.12.', '6.12.x', '6.12.95 ', 'linux', '6.12.95.1', '99999.1'])(
  '%j is no release',
  (text) => {
    expect(parseKernelRelease(text)).toBeUndefined()
  },
)

test('releases are compared by number', () => {
  const release = { text: '6.10', major: 6, minor: 10, patch: null }
  expect(isAtLeast(release, 6, 9)).toBe(true)
  expect(isAtLeast(release, 6, 10)).toBe(true)
  expect(isAtLeast(release, 6, 11)).toBe(false)
  expect(isAtLeast(release, 5, 19)).toBe(true)
  expect(isAtLeast(release, 7, 0)).toBe(false)
})
