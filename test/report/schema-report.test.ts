import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'
import { schemaErrors } from '../support/schema.js'

const HOST = fixturePath('lab-slots-c7.3', 'sysfs-boot.tar.gz')

test.each(['qemu', 'kernel', 'libvirt', 'proxmox', 'kubevirt'])(
  'report for %s fits its schema',
  async (tracker) => {
    const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-schema-'))
    const files = ['html', 'svg', 'dot', 'mermaid'].flatMap((format) => [
      `--${format}`,
      join(folder, format),
    ])
    const { stdout } = await runMain(
      'report',
      '--capture',
      HOST,
      '--for',
      tracker,
      ...files,
      '--json',
    )
    rmSync(folder, { recursive: true })
    const document = JSON.parse(stdout)
    expect(schemaErrors('report', document)).toEqual([])
    expect(document.files).toHaveLength(4)
  },
)
