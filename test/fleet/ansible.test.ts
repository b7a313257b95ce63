import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTar } from '../../src/capture/record/write-tar.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, SWITCH, TWO_GROUPS } from '../support/hosts.js'
import { writeHostFiles } from '../support/written-host.js'
import { called, FLEET, ROOT, unpacked } from './programs.js'

const PACKAGES = unpacked(
  'ansible-core',
  'python3-jinja2',
  'python3-markupsafe',
  'python3-packaging',
  'python3-resolvelib',
)
const HAS_PYTHON = spawnSync('/usr/bin/python3', ['-c', 'import yaml, cryptography']).status === 0
const IS_THERE = PACKAGES !== null && HAS_PYTHON

const HOSTS: Readonly<Record<string, HostSpec>> = { gpu: GPU, pair: TWO_GROUPS, switch: SWITCH }

describe.skipIf(!IS_THERE)(called('Ansible', IS_THERE, 'ansible-core'), () => {
  let folder = ''
  const file = (name: string) => join(folder, name)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vfio-reset-ansible-'))
    mkdirSync(file('golden'))
    const inventory: string[] = []
    for (const [name, spec] of Object.entries(HOSTS)) {
      writeHostFiles(file(name), buildHost(spec))
      writeFileSync(file(`golden/${name}.tar.gz`), archiveOf(spec))
      inventory.push(
        `${name} ansible_connection=local vfio_reset_root=${file(name)} vfio_reset_facts=${file(`facts-${name}`)}`,
      )
    }
    writeFileSync(
      file('hosts'),
      `${inventory.join('\n')}\n[all:vars]\nansible_python_interpreter=/usr/bin/python3\n`,
    )
    writeFileSync(
      file('vfio-reset'),
      `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/run.js" "$@"\n`,
    )
    chmodSync(file('vfio-reset'), 0o755)
    writeFileSync(
      file('site.yml'),
      `- hosts: all
  gather_facts: false
  roles: [vfio_reset]
  tasks:
    - name: What the facts say
      ansible.builtin.copy:
        content: "{{ ansible_local.vfio_reset.functions | selectattr('group_fds', 'equalto', 'refused') | map(attribute='pci_address') | join(' ') }}"
        dest: '${file('said')}-{{ inventory_hostname }}'
`,
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function play(...extra: readonly string[]) {
    const argv = [
      join(PACKAGES ?? '', 'usr/bin/ansible-playbook'),
      '-i',
      file('hosts'),
      '-e',
      `vfio_reset_command=${file('vfio-reset')}`,
      ...extra,
      file('site.yml'),
    ]
    const { stdout, stderr, status } = spawnSync('/usr/bin/python3', argv, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        PYTHONPATH: join(PACKAGES ?? '', 'usr/lib/python3/dist-packages'),
        ANSIBLE_ROLES_PATH: join(FLEET, 'ansible'),
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_HOME: file('home'),
        LC_ALL: 'C.UTF-8',
      },
    })
    return { said: `${stdout}${stderr}`, status }
  }

  it('makes facts of three hosts, which are as their golden captures', () => {
    const { said, status } = play('-e', `vfio_reset_golden=${file('golden')}`)
    expect([status, said]).toEqual([0, expect.stringMatching(/gpu +: ok=\d+ .*failed=0/)])
    expect(readFileSync(file('said-gpu'), 'utf8').split(' ')).toContain('0000:65:00.0')
    expect(readFileSync(file('said-pair'), 'utf8').split(' ')).toContain('0000:01:00.0')
    const facts = JSON.parse(readFileSync(file('facts-switch/vfio_reset.fact'), 'utf8'))
    expect(facts).toMatchObject({ host: 'switch', kernel_release: '6.12.117' })
  })

  it('changes nothing the second time', () => {
    const { said, status } = play('-e', `vfio_reset_golden=${file('golden')}`)
    expect(status).toBe(0)
    expect([...said.matchAll(/changed=(\d+)/g)].map(([, count]) => count)).toEqual(['0', '0', '0'])
  })

  it('says of the one host that is not as its golden capture what changed', () => {
    writeFileSync(
      file('golden/pair.tar.gz'),
      archiveOf({
        ...TWO_GROUPS,
        functions: TWO_GROUPS.functions.map((each) =>
          each.address.endsWith('00.1') ? { ...each, group: 10 } : each,
        ),
      }),
    )
    const { said, status } = play('-e', `vfio_reset_golden=${file('golden')}`)
    writeFileSync(file('golden/pair.tar.gz'), archiveOf(TWO_GROUPS))
    expect(status).toBe(2)
    expect(said).toMatch(/pair is not as its golden capture: .*groups/)
    expect(said).toMatch(/gpu +: .*failed=0/)
    expect(said).toMatch(/pair +: .*failed=1/)
  })

  it('asserts that a VM would get its functions', () => {
    const { said, status } = play(
      '--limit',
      'gpu',
      '-e',
      '{"vfio_reset_functions": ["0000:65:00.0"]}',
    )
    expect(status).toBe(2)
    expect(said).toMatch(/A VM would get its functions/)
    expect(said).toMatch(/gpu +: .*failed=1/)
  })
})

function archiveOf(spec: HostSpec): Buffer {
  const entries = Object.entries(buildHost(spec)).sort(([a], [b]) => (a < b ? -1 : 1))
  return gzipSync(Buffer.concat([...writeTar(entries)]))
}
