import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { installTool } from '../support/installed-tool.js'

const HOOKS = fileURLToPath(new URL('../../share/hooks', import.meta.url))
/** A graphics card on its own driver at 0a:00. */
const DESKTOP = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
/** A card on vfio-pci at 03:00.0. */
const READY = fixturePath('qualcomm-wifi-7.3', 'tree.tar.gz')

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hook-callers-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

const install = (...source: readonly string[]) => installTool(join(folder, 'vfio-reset'), ...source)

/** Runs a shipped file with words, in an environment that has the tool and nothing else of ours. */
async function call(file: string, ...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await execa(file, words, {
    ...{ reject: false, stdin: 'ignore', extendEnv: false },
    env: { PATH: `${folder}:/usr/bin:/bin` },
  })
  return { exitCode, stdout, stderr }
}

/** PVE::GuestHelpers::exec_hookscript runs `[$hookscript, $vmid, $phase]`; an error of pre-start ends the start. */
describe('as Proxmox runs a hookscript', () => {
  const SCRIPT = join(HOOKS, 'proxmox-hookscript')
  const PHASES = ['pre-start', 'post-start', 'pre-stop', 'post-stop']

  async function phases(config: string) {
    const file = join(folder, '100.conf')
    writeFileSync(file, config)
    install('--capture', DESKTOP, '--config', file)
    const runs = []
    for (const phase of PHASES) runs.push(await call(SCRIPT, '100', phase))
    return runs
  }

  it('a function whose neighbour stays with the host is refused, before the start alone', async () => {
    const [start, ...others] = await phases('name: win\nargs: -device vfio-pci,host=0000:0a:00.0\n')
    expect([start?.exitCode, start?.stdout]).toEqual([1, ''])
    expect(start?.stderr).toMatch(
      /^vfio-reset: VM win cannot start:\n.*\nvfio-reset: Group 25 does not open/,
    )
    expect(start?.stderr.split('\n').at(-1)).toBe('vfio-reset: The start is refused.')
    expect(others).toEqual(others.map(() => ({ exitCode: 0, stdout: '', stderr: '' })))
  })

  it('all of the device starts, and so does a VM without one', async () => {
    for (const line of [
      'hostpci0: 0000:0a:00,pcie=1',
      // Proxmox takes the neighbour along.
      'hostpci0: 0000:0a:00.0,pcie=1',
      'net0: virtio=BC:24:11:00:00:01,bridge=vmbr0',
    ]) {
      const [start] = await phases(`name: win\n${line}\n`)
      expect([line, start?.exitCode, start?.stdout]).toEqual([line, 0, ''])
    }
  })
})

/** systemd.service(5): 0 goes on, 1 to 254 skips the unit. systemd need not run here: its own check reads the files. */
describe('as systemd runs the condition', () => {
  /** The drop-in as it is installed, with the script where the test has it; what ExecCondition= runs. */
  function dropIn(words: string) {
    const script = join(folder, 'systemd-condition')
    copyFileSync(join(HOOKS, 'systemd-condition'), script)
    const text = readFileSync(join(HOOKS, 'systemd.conf'), 'utf8')
    const [shipped] = /(?<=^ExecCondition=).*$/m.exec(text) ?? []
    expect(shipped).toBe('/usr/local/lib/vfio-reset/systemd-condition 0000:65:00.0')
    const command = [script, words]
    mkdirSync(join(folder, 'vm.service.d'), { recursive: true })
    writeFileSync(
      join(folder, 'vm.service.d/50-vfio-reset.conf'),
      text.replace(shipped ?? '', command.join(' ')),
    )
    return [script, ...words.split(' ')] as const
  }

  it('a function on its own driver skips the unit; one on vfio-pci goes on', async () => {
    const [script, ...refused] = dropIn('0000:0a:00.0')
    install('--capture', DESKTOP)
    const { exitCode, stderr } = await call(script, ...refused)
    expect([exitCode, stderr.split('\n')[1]]).toEqual([
      1,
      'vfio-reset: 0000:0a:00.0 is bound to nvidia, and must be bound to vfio-pci.',
    ])
    install('--capture', READY)
    expect((await call(script, ...dropIn('0000:03:00.0').slice(1))).exitCode).toBe(0)
  })

  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
  it.skipIf(!hasAnalyze)('systemd-analyze verify has nothing to say of the drop-in', async () => {
    dropIn('0000:65:00.0')
    const unit = join(folder, 'vm.service')
    writeFileSync(unit, '[Unit]\nDescription=A VM\n[Service]\nExecStart=/bin/true\n')
    const verify = () => call('/usr/bin/systemd-analyze', 'verify', '--man=no', unit)
    expect(await verify()).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    // It does read the drop-in: without the script it complains.
    rmSync(join(folder, 'systemd-condition'))
    expect((await verify()).stderr).toContain('systemd-condition is not executable')
  })
})
