import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { WANTED_KERNELS } from '../../lab/kernels/wanted.js'
import { decodeMessageScript, readMessageScripts } from '../../lab/message-script.js'
import { readTopologies } from '../../lab/topology.js'

const LAB = fileURLToPath(new URL('../../lab/', import.meta.url))

it('a script says at its head where it runs', () => {
  const head = [
    '# What a program prints.',
    '# kernels: debian-6.1 lab-newest',
    '# topology: sriov/vfio-pf',
    '# device: edu,bus=pcie.0',
    '# args: -drive if=none,id=disk',
    '# append: intremap=off',
    'echo hello',
    '# device: not at the head',
  ]
  expect(decodeMessageScript('one', head.join('\n'))).toMatchObject({
    kernels: ['debian-6.1', 'lab-newest'],
    topology: 'sriov',
    setup: 'vfio-pf',
    devices: ['edu,bus=pcie.0'],
    args: ['-drive', 'if=none,id=disk'],
    append: 'intremap=off',
    packages: [],
  })
})

it('a script that does not say where it runs is refused', () => {
  expect(() => decodeMessageScript('one', '# kernels: debian-6.1\n')).toThrow(/^one\.sh: its head/)
})

it('every script runs on machines and kernels that the lab has', async () => {
  const scripts = await readMessageScripts(`${LAB}messages`, [])
  if (typeof scripts === 'string') throw new Error(scripts)
  const topologies = await readTopologies(`${LAB}topologies`)
  expect(scripts.length).toBeGreaterThan(0)
  for (const { kernels, topology, setup } of scripts) {
    expect(WANTED_KERNELS.map(({ id }) => id)).toEqual(expect.arrayContaining([...kernels]))
    const setups = topologies.find(({ name }) => name === topology)?.setups ?? []
    expect(setups.map(({ name }) => name)).toContain(setup ?? setups[0]?.name)
  }
  expect(await readMessageScripts(`${LAB}messages`, ['nothing'])).toMatch(
    /^there is no script nothing; there are crosvm, /,
  )
})
