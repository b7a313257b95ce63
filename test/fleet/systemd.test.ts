import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { called, FLEET } from './programs.js'

const HAS_SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0
const UNITS = ['vfio-reset-export.service', 'vfio-reset-export.timer'] as const

describe.skipIf(!HAS_SYSTEMD)(called('systemd-analyze', HAS_SYSTEMD, 'systemd'), () => {
  it('finds nothing wrong with the units, where the tool is installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-units-'))
    const files = UNITS.map((name) => {
      const text = readFileSync(join(FLEET, 'systemd', name), 'utf8')
      const file = join(folder, name)
      // What is not installed here is what it complains about.
      writeFileSync(file, text.replaceAll('/usr/bin/vfio-reset', '/bin/true'))
      return file
    })
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], {
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    expect([status, stderr]).toEqual([0, ''])
  })

  it('counts an exposure below 3', () => {
    const said = execFileSync(
      'systemd-analyze',
      ['security', '--offline=true', join(FLEET, 'systemd', UNITS[0])],
      { encoding: 'utf8' },
    )
    const exposure = /exposure level for \S+: ([\d.]+)/.exec(said)?.[1]
    expect(Number(exposure)).toBeLessThan(3)
  })
})
