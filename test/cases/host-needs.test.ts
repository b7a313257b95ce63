import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { caseFile } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

const HOST = ['--capture', caseFile('mounted-disk', 'host.tar.gz')] as const
const DISK = '0000:01:00.1'

describe('a disk with mounted file systems beside a function that is to be given away', () => {
  test('is told with its mount points', async () => {
    const { stdout } = await runMain('inspect', ...HOST, '--json')
    expect(JSON.parse(stdout).warnings).toContainEqual({
      kind: 'mounted-filesystem',
      address: DISK,
      detail: expect.stringContaining('/var/lib/libvirt/images'),
    })
  })

  test('is taken by no plan', async () => {
    const { stdout, exitCode } = await runMain('preflight', ...HOST, '01:00.0', '--plan')
    expect(exitCode).toBe(1)
    expect(stdout).not.toMatch(/driver\/unbind|driver_override/)
    expect(stdout).toContain('the host needs')
  })

  test('fails the check of the host when it is asked for itself', async () => {
    const { stdout } = await runMain('preflight', ...HOST, '01:00.1', '--json')
    const { checks } = JSON.parse(stdout).vms[0]
    expect(checks).toContainEqual(
      expect.objectContaining({ id: 'host-needs', device: DISK, outcome: 'fail', plan: null }),
    )
  })

  test('stays so in a redacted capture, in which no path is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-case-'))
    try {
      const file = join(folder, 'host.tar.gz')
      await runMain('capture', ...HOST, '--redact', '--output', file)
      const { stdout } = await runMain('inspect', '--capture', file, DISK)
      expect(stdout).toContain(`${DISK} carries a mounted file system`)
      expect(stdout).not.toMatch(/driver\/unbind|driver_override/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
