import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { describedBy } from '../../../src/preflight/inputs/formats.js'
import { runPreflight } from '../../../src/preflight/preflight.js'
import type { PreflightHost } from '../../../src/preflight/question.js'
import { NO_SURROUNDINGS } from '../../../src/preflight/requests/surroundings.js'
import { requestsOf } from '../../../src/preflight/requests/vm-requests.js'
import { ACS_OK, endpoint, rootPort } from '../../support/functions.js'
import { preflightHost, questionOf } from '../../support/preflight.js'

/** Cases a run; many are asked for by hand: FUZZ_COUNT=20000 FUZZ_SEED=1 npx vitest run test/preflight/inputs/fuzz.test.ts. */
const COUNT = Number(process.env['FUZZ_COUNT'] ?? 150)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_130)
const RUNS = { numRuns: COUNT, seed: SEED }

/** Passes, and does not whoever starts the VM: firmware has claimed memory for its group, and a driver of the host is in it. */
const GOOD = '0000:01:00.0'
const BAD = '0000:02:00.0'

let host: PreflightHost
beforeAll(async () => {
  const spec = {
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
      endpoint(GOOD, { driver: 'vfio-pci', group: 11, flr: true, resetMethods: 'flr\n' }),
      rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
      endpoint(BAD, { driver: 'vfio-pci', group: 12, mfd: true, resetMethods: '' }),
      endpoint('0000:02:00.1', { driver: 'nvme', group: 12, mfd: true }),
    ],
  } as const
  host = await preflightHost(spec, {
    functions: [GOOD, BAD],
    files: {
      'sys/kernel/iommu_groups/12/reserved_regions':
        '0x00000000000c0000 0x00000000000dffff direct\n',
    },
  })
})

/** The answer to a description: `refused` where it is none. */
async function answerTo(text: string): Promise<'refused' | 'pass' | 'fail' | 'cannot-tell'> {
  const described = await describedBy(text, null)
  if ('problem' in described) return 'refused'
  const around = { raw: host.host.raw, surroundings: NO_SURROUNDINGS }
  const vms = described.vms.flatMap((input) => requestsOf(input, around))
  return runPreflight(host, { ...questionOf({ functions: [], plans: false }), vms }).verdict
}

/** One option of a description, and the same under a name that nobody knows. */
interface Option {
  readonly written: string
  readonly unknown: string
  /** It gives a function that does not pass. */
  readonly isBad: boolean
}

/** A format as options that can be left out and put in any order. */
interface Kind {
  readonly name: string
  readonly options: readonly Option[]
  readonly join: (options: readonly string[]) => string
}

function option(written: string, name: string, isBad = false): Option {
  return { written, unknown: written.replace(name, `x-${name.replace(/^[-<"]+/, '')}`), isBad }
}

const xmlAddress = (address: string) => {
  const [, bus = '', slot = '', func = ''] = address.split(/[:.]/)
  return `<source><address domain='0x0000' bus='0x${bus}' slot='0x${slot}' function='0x${func}'/></source>`
}

function element(name: string, attributes: string, inside: string, isBad: boolean): Option {
  return {
    written: `<${name} ${attributes}>${inside}</${name}>`,
    unknown: `<x-${name} ${attributes}>${inside}</x-${name}>`,
    isBad,
  }
}

const KINDS: readonly Kind[] = [
  {
    name: 'QEMU',
    options: [
      { written: '-m 4G', unknown: '-x-m 4G', isBad: false },
      { written: '-name vm', unknown: '-x-name vm', isBad: false },
      ...[GOOD, BAD].flatMap((address) => [
        {
          written: `-device vfio-pci,host=${address}`,
          unknown: `-x-device vfio-pci,host=${address}`,
          isBad: address === BAD,
        },
        {
          written: `-device '{"driver":"vfio-pci","host":"${address}"}'`,
          unknown: `-device '{"x-driver":"vfio-pci","host":"${address}"}'`,
          isBad: address === BAD,
        },
        {
          written: `-device vfio-pci,sysfsdev=/sys/bus/pci/devices/${address}`,
          unknown: `-device vfio-pci,x-sysfsdev=/sys/bus/pci/devices/${address}`,
          isBad: address === BAD,
        },
        {
          written: `-drive file=nvme://${address}/1,if=none`,
          unknown: `-x-drive file=nvme://${address}/1,if=none`,
          isBad: address === BAD,
        },
      ]),
    ],
    join: (options) => ['qemu-system-x86_64', ...options].join(' '),
  },
  {
    name: 'QEMU configuration',
    options: [
      {
        written: '[machine]\n  type = "q35"',
        unknown: '[x-machine]\n  type = "q35"',
        isBad: false,
      },
      ...[GOOD, BAD].map((address) => {
        const inside = `\n  driver = "vfio-pci"\n  host = "${address}"`
        return {
          written: `[device "a"]${inside}`,
          unknown: `[x-device "a"]${inside}`,
          isBad: address === BAD,
        }
      }),
    ],
    join: (options) => ['[boot-opts]\n  menu = "on"', ...options].join('\n'),
  },
  {
    name: 'libvirt',
    options: [
      element('memory', `unit='KiB'`, '4', false),
      ...[GOOD, BAD].flatMap((address) => {
        const isBad = address === BAD
        const source = xmlAddress(address)
        return [
          element('hostdev', `mode='subsystem' type='pci'`, source, isBad),
          element('interface', `type='hostdev'`, source, isBad),
          element('disk', `type='nvme'`, source, isBad),
          {
            written: `<hostdev mode='subsystem' type='pci'>${source}</hostdev>`,
            unknown: `<hostdev mode='subsystem' type='x-pci'>${source}</hostdev>`,
            isBad,
          },
          {
            written: `<q:commandline><q:arg value='-device'/><q:arg value='vfio-pci,host=${address}'/></q:commandline>`,
            unknown: `<q:x-commandline><q:arg value='-device'/><q:arg value='vfio-pci,host=${address}'/></q:x-commandline>`,
            isBad,
          },
        ]
      }),
    ],
    join: (options) => `<domain><name>vm</name><devices>${options.join('')}</devices></domain>`,
  },
  {
    name: 'Proxmox',
    options: [
      option('cores: 4', 'cores'),
      option('hostpci0: mapping=gpu', 'hostpci0', true),
      ...[GOOD, BAD].flatMap((address) => [
        option(`hostpci1: ${address},pcie=1`, 'hostpci1', address === BAD),
        option(`args: -device vfio-pci,host=${address}`, 'args', address === BAD),
        {
          written: `hostpci2: host=${address}`,
          unknown: `hostpci2: x-host=${address}`,
          isBad: address === BAD,
        },
      ]),
    ],
    join: (options) => ['memory: 512', ...options].join('\n'),
  },
  {
    name: 'Cloud Hypervisor',
    options: [
      option('--cpus boot=4', '--cpus'),
      ...[GOOD, BAD].map((address) => ({
        written: `--device path=/sys/bus/pci/devices/${address}/`,
        unknown: `--x-device path=/sys/bus/pci/devices/${address}/`,
        isBad: address === BAD,
      })),
    ],
    join: (options) => ['cloud-hypervisor', ...options].join(' '),
  },
  {
    name: 'Cloud Hypervisor configuration',
    options: [GOOD, BAD].flatMap((address) => {
      const inside = `[{"path":"/sys/bus/pci/devices/${address}"}]`
      return [
        {
          written: `"devices":${inside}`,
          unknown: `"x-devices":${inside}`,
          isBad: address === BAD,
        },
      ]
    }),
    join: (options) =>
      `{${['"cpus":{"boot_vcpus":1}', '"memory":{"size":1}', ...options].join(',')}}`,
  },
  {
    name: 'crosvm',
    options: [
      option('--cpus num-cores=4', '--cpus'),
      ...[GOOD, BAD].map((address) => ({
        written: `--vfio /sys/bus/pci/devices/${address},iommu=viommu`,
        unknown: `--x-vfio /sys/bus/pci/devices/${address},iommu=viommu`,
        isBad: address === BAD,
      })),
    ],
    join: (options) => ['crosvm run', ...options, 'vmlinux'].join(' '),
  },
  {
    name: 'KubeVirt',
    options: [
      option('gpus: [{deviceName: a/b, name: g}]', 'gpus', true),
      option('hostDevices: [{deviceName: a/b, name: h}]', 'hostDevices', true),
      option('interfaces: [{name: fast, sriov: {}}]', 'interfaces', true),
      option('disks: [{name: root}]', 'disks'),
    ],
    join: (options) =>
      `apiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nspec: {domain: {devices: {${['rng: {}', ...options].join(', ')}}}}\n`,
  },
  {
    name: 'Incus',
    options: [
      option('u: {type: usb}', 'usb'),
      ...[GOOD, BAD].flatMap((address) => [
        option(`p: {type: pci, address: "${address}"}`, 'pci', address === BAD),
        option(`g: {type: gpu, pci: "${address}"}`, 'gpu', address === BAD),
      ]),
      option('n: {type: nic, network: vfs}', 'nic', true),
    ],
    join: (options) =>
      ['devices:', '  root: {type: disk, path: /}', ...options.map((each) => `  ${each}`), ''].join(
        '\n',
      ),
  },
  {
    name: 'unRAID',
    options: [GOOD, BAD].flatMap((address) => [
      option(`BIND=${address}`, 'BIND', address === BAD),
      option(`BIND="${address}|10de:2204"`, 'BIND', address === BAD),
    ]),
    join: (options) => ['# bound at boot', ...options].join('\n'),
  },
  {
    name: 'driverctl',
    options: [GOOD, BAD].map((address) =>
      option(`${address} vfio-pci`, 'vfio-pci', address === BAD),
    ),
    join: (options) => [...options, '0000:00:1f.3 snd_hda_intel (Audio)'].join('\n'),
  },
  {
    name: 'CDI',
    options: ['11', '12'].map((group) => {
      const device = (key: string) =>
        `{"name":"${group}","containerEdits":{"${key}":[{"path":"/dev/vfio/${group}"}]}}`
      return {
        written: device('deviceNodes'),
        unknown: device('x-deviceNodes'),
        isBad: group === '12',
      }
    }),
    join: (options) => `{"cdiVersion":"0.6.0","kind":"a/b","devices":[${options.join(',')}]}`,
  },
]

describe('a description with one option under a name that nobody knows', () => {
  test.each(KINDS)('$name', async ({ options, join }) => {
    const seen = { passes: 0, doesNot: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...options], { minLength: 1, maxLength: Math.min(4, options.length) }),
        fc.nat(3),
        async (chosen, place) => {
          const at = place % chosen.length
          const written = chosen.map((each) => each.written)
          const replaced = await answerTo(
            join(chosen.map((each, index) => (index === at ? each.unknown : each.written))),
          )
          const without = await answerTo(join(written.filter((_, index) => index !== at)))
          const text = join(written)
          // It never passes where it would not pass without the option,
          if (without !== 'pass') expect(replaced, text).not.toBe('pass')
          // nor where the option gives what does not pass, nor does the description as it is.
          if (chosen[at]?.isBad === true) expect(replaced, text).not.toBe('pass')
          if (chosen.some(({ isBad }) => isBad)) expect(await answerTo(text), text).not.toBe('pass')
          seen[(await answerTo(text)) === 'pass' ? 'passes' : 'doesNot'] += 1
        },
      ),
      RUNS,
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  })
})

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/inputs/${name}`, import.meta.url), 'utf8')
}

const TEXTS: readonly string[] = [
  ...[
    'libvirt-gpu.xml',
    'libvirt-formatdomain.xml',
    'qemu-libvirt.log',
    'qemu-iommufd.sh',
    'proxmox-100.conf',
    'cloud-hypervisor.sh',
    'not-followed/vmi.yaml',
    'not-followed/domain.xml',
    'two-ways/domain.xml',
  ].map(fixture),
  ...KINDS.map(({ options, join }) => join(options.map(({ written }) => written))),
  '[pci]\ndevice_spec = {"vendor_id":"10de","address":{"bus":"0a","slot":".*","function":"[0-3]"}}\n',
]

/** What has a meaning somewhere. */
const PIECES = [
  ...[
    '\0',
    '\n',
    '\\\n',
    '"',
    "'",
    '$',
    '${',
    '`',
    '#',
    '@',
    '{',
    '}',
    '[',
    ']',
    '<',
    '>',
    '&',
    ':',
    ',,',
    '=',
  ],
  ...[
    '--',
    '- ',
    '*a',
    '&a',
    '!!js',
    '%',
    '\u{feff}',
    '\u{e000}',
    '\u202e',
    '\u001b[31m',
    '🂠',
    '=bus=',
    ' '.repeat(200),
  ],
  ...[
    '<!DOCTYPE x>',
    '&lt;',
    ']]>',
    '---\n',
    '-device',
    'vfio-pci,host=',
    '05:00.0',
    'hostpci0: ',
    '/dev/vfio/',
    '0x',
    '9'.repeat(40),
  ],
]

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(30),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8, unit: 'binary' })),
  times: fc.constantFrom(1, 1, 1, 50),
})

const hostile = fc
  .tuple(fc.constantFrom(...TEXTS), fc.array(edit, { minLength: 1, maxLength: 6 }))
  .map(([text, edits]) =>
    edits.reduce((all, { at, cut, put, times }) => {
      const start = Math.floor(at * all.length)
      return all.slice(0, start) + put.repeat(times) + all.slice(start + cut)
    }, text),
  )

test('a description that was changed anywhere is answered, or refused in one sentence', async () => {
  const seen = { refused: 0, answered: 0 }
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const described = await describedBy(text, null)
      if ('problem' in described) {
        seen.refused += 1
        expect(described.problem).toMatch(/^[^\n]{1,400}$/)
        return
      }
      seen.answered += 1
      const answer = await answerTo(text)
      // Whatever was not followed keeps it from passing.
      const isOpen = described.vms.some(({ notFollowed }) => notFollowed.length > 0)
      if (isOpen) expect(answer).not.toBe('pass')
      for (const { notFollowed, skipped } of described.vms) {
        for (const { text: words } of [...notFollowed, ...skipped]) {
          expect(words.length).toBeLessThanOrEqual(80)
          expect(words).not.toContain('\n')
        }
      }
    }),
    RUNS,
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
})
