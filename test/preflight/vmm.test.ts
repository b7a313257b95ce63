import { describe, expect, test } from 'vitest'
import { describedBy } from '../../src/preflight/inputs/formats.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import { tellPreflight } from '../../src/preflight/report/check-words.js'
import { NO_SURROUNDINGS } from '../../src/preflight/requests/surroundings.js'
import { requestsOf } from '../../src/preflight/requests/vm-requests.js'
import { ACS_OK, endpoint, rootPort } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { checkOf, preflightHost, questionOf, told } from '../support/preflight.js'

/** Two functions of one card without a reset of their own, and one with FLR. */
const HOST: HostSpec = {
  functions: [
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
    endpoint('0000:01:00.0', { group: 11, driver: 'vfio-pci', mfd: true, resetMethods: '' }),
    endpoint('0000:01:00.1', { group: 11, driver: 'vfio-pci', mfd: true, resetMethods: '' }),
    rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
    endpoint('0000:02:00.0', { group: 12, driver: 'vfio-pci', flr: true, resetMethods: 'flr\n' }),
  ],
}

async function answerTo(text: string) {
  const described = await describedBy(text, null)
  if ('problem' in described) throw new Error(described.problem)
  const functions = ['0000:01:00.0', '0000:01:00.1', '0000:02:00.0']
  const host = await preflightHost(HOST, { functions })
  const around = { raw: host.host.raw, surroundings: NO_SURROUNDINGS }
  const vms = described.vms.flatMap((input) => requestsOf(input, around))
  return runPreflight(host, { ...questionOf({ functions: [], plans: false }), vms })
}

const PATH = '/sys/bus/pci/devices'

describe('what runs the VM resets', () => {
  test('QEMU hot-resets, and so whatever starts it', async () => {
    for (const text of [
      'qemu-system-x86_64 -device vfio-pci,host=01:00.0 -device vfio-pci,host=01:00.1',
      'hostpci0: 01:00\nmemory: 1\n',
    ]) {
      const answer = await answerTo(text)
      expect(told(answer, 'reset-at-start', '01:00.0')).toContain('pass hot-reset')
      const [reason] = checkOf(answer, 'reset-at-start', '01:00.0').reasons
      expect(reason && tellPreflight(reason).sentence).toContain('(bus) by QEMU')
    }
  })

  test.each([
    [`crosvm run --vfio ${PATH}/0000:01:00.0 --vfio ${PATH}/0000:01:00.1 vmlinux`, 'crosvm'],
    [
      `cloud-hypervisor --device path=${PATH}/0000:01:00.0 path=${PATH}/0000:01:00.1`,
      'Cloud Hypervisor',
    ],
    [
      `{"payload":{},"devices":[{"path":"${PATH}/0000:01:00.0"},{"path":"${PATH}/0000:01:00.1"}]}`,
      'Cloud Hypervisor',
    ],
    [`{"vfio":["${PATH}/0000:01:00.0","${PATH}/0000:01:00.1"]}`, 'crosvm'],
  ])('%s: no hot reset', async (text, name) => {
    const answer = await answerTo(text)
    expect(answer.vms[0]?.resets).toBe('cannot-tell')
    expect(told(answer, 'reset-at-start', '01:00.0')).toContain('cannot-tell reset-after-use')
    const [reason] = checkOf(answer, 'reset-at-start', '01:00.0').reasons
    expect(reason && tellPreflight(reason).sentence).toContain(`${name} hot-resets nothing`)
  })

  test('a reset of the function alone is made by the kernel, whatever runs the VM', async () => {
    const answer = await answerTo(`crosvm run --vfio ${PATH}/0000:02:00.0 vmlinux`)
    expect(told(answer, 'reset-at-start', '02:00.0')).toBe('pass own-reset')
    expect(answer.verdict).toBe('pass')
  })
})
