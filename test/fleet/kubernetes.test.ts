import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exportOf, written } from '../export/export-of.js'
import { buildHost } from '../support/host-builder.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU } from '../support/hosts.js'
import { writeHostFiles } from '../support/written-host.js'
import { DAEMON_SET, NODE_FEATURE_RULE } from './kubernetes-schemas.js'
import { FLEET, ROOT } from './programs.js'

/** Nothing of this was run by Kubernetes: there is no cluster here. */
const load = (name: string) => parse(readFileSync(join(FLEET, 'kubernetes', name), 'utf8'))

interface Expression {
  readonly op: string
  readonly value?: readonly string[]
}

interface Rule {
  readonly name: string
  readonly matchFeatures: readonly {
    readonly matchExpressions: Readonly<Record<string, Expression>>
  }[]
}

const RULES: readonly Rule[] = load('node-feature-rule.yaml').spec.rules

it('the manifests are as the APIs have them, and a misspelt field is found', () => {
  const ajv = new Ajv2020()
  const daemonSet = load('daemonset.yaml')
  expect([ajv.validate(DAEMON_SET, daemonSet), ajv.errors]).toEqual([true, null])
  expect([ajv.validate(NODE_FEATURE_RULE, load('node-feature-rule.yaml')), ajv.errors]).toEqual([
    true,
    null,
  ])
  daemonSet.spec.template.spec.containers[0].imagee = 'x'
  expect(ajv.validate(DAEMON_SET, daemonSet)).toBe(false)
})

it('every mount has its volume, and the pods are those that are selected', () => {
  const { selector, template } = load('daemonset.yaml').spec
  expect(template.metadata.labels).toEqual(selector.matchLabels)
  const [container] = template.spec.containers
  const named = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort()
  expect(named(container.volumeMounts)).toEqual(named(template.spec.volumes))
})

it('what the container runs writes a feature file, of a host below a folder', () => {
  const [container] = load('daemonset.yaml').spec.template.spec.containers
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-node-'))
  mkdirSync(join(folder, 'features.d'))
  writeHostFiles(join(folder, 'host'), buildHost(GPU))
  const program = join(folder, 'vfio-reset')
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/run.js" "$@"\n`, {
    mode: 0o755,
  })
  const script = String(container.args[0])
    .replaceAll(' /features.d', ` ${folder}/features.d`)
    .replaceAll(' /host', ` ${folder}/host`)
    .replace('sleep 600 & wait $!', 'exit 0')
  execFileSync('sh', ['-c', script], {
    env: { PATH: `${folder}:${process.env['PATH']}`, NODE_NAME: 'node7' },
    stdio: 'ignore',
  })
  const text = readFileSync(join(folder, 'features.d/vfio-reset'), 'utf8')
  rmSync(folder, { recursive: true })
  expect(text).toMatch(/^# \+expiry-time=\d{4}-.*Z\n/)
  expect(text).toContain('feature.node.kubernetes.io/vfio-reset.pci-0300_10de_2204.count=1\n')
})

describe('the rules match', () => {
  const SOUND: HostSpec = { ...GPU, functions: GPU.functions.slice(0, 3) }

  it.each([
    ['a GPU alone', SOUND, ['a node with GPUs that can go to a VM of their own']],
    [
      'a GPU with its audio',
      GPU,
      ['a node whose GPUs share a group or a reset, for VMs that take them together only'],
    ],
  ] as const)('%s', async (_, spec, names) => {
    const labels = labelsOf(written('nfd', [await exportOf(spec)]))
    expect(RULES.filter((rule) => isMatch(rule, labels)).map(({ name }) => name)).toEqual(names)
  })

  it('one that is dead, and none of what is not there', () => {
    const model = 'feature.node.kubernetes.io/vfio-reset.pci-0300_10de_2204'
    const dead = new Map([
      [`${model}.count`, '2'],
      [`${model}.independent`, '2'],
      [`${model}.dead`, '1'],
    ])
    expect(RULES.filter((rule) => isMatch(rule, dead))).toHaveLength(1)
    expect(RULES.filter((rule) => isMatch(rule, new Map()))).toEqual([])
  })
})

function labelsOf(file: string): ReadonlyMap<string, string> {
  return new Map(
    file.split('\n').flatMap((line): [string, string][] => {
      const [name, value] = line.split('=')
      return name === undefined || value === undefined ? [] : [[name, value]]
    }),
  )
}

/** As NFD matches: every expression of every feature; of a label that is not there only `DoesNotExist`. */
function isMatch({ matchFeatures }: Rule, labels: ReadonlyMap<string, string>): boolean {
  return matchFeatures.every(({ matchExpressions }) =>
    Object.entries(matchExpressions).every(([label, { op, value = [] }]) => {
      const found = labels.get(label)
      if (found === undefined) return op === 'DoesNotExist'
      if (op === 'In') return value.includes(found)
      if (op === 'Gt') return Number(found) > Number(value[0])
      throw new Error(`${op} is not used so far`)
    }),
  )
}
