import { expect, test } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

test('no hint unbinds a member of the group that carries the root file system', async () => {
  const capture = fixturePath('acer-vmd', 'tree.tar.gz')
  const { stdout } = await runMain('preflight', '--capture', capture, '10000:e2:00.0')
  const text = stdout.replace(/\s+/g, ' ')
  expect(text).toContain('its member 10000:e1:00.0 is bound to nvme')
  expect(text).not.toMatch(/Unbind that member|Bind it to vfio-pci/)
})
