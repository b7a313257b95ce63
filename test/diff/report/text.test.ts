import { expect, test } from 'vitest'
import { compareHosts } from '../../../src/diff/compare-hosts.js'
import { diffReport } from '../../../src/diff/report/document.js'
import { renderDiff } from '../../../src/diff/report/text.js'
import { POLICIES } from '../../../src/policy/policies/index.js'
import { analyseHost } from '../../../src/vfio/analysed-host.js'
import { ACS_OK, ACS_REDIRECT_OFF, endpoint, rootPort } from '../../support/functions.js'
import { buildHost } from '../../support/host-builder.js'
import type { HostSpec } from '../../support/host-spec.js'
import { loadFiles } from '../../support/load-host.js'
import { terminal } from '../../support/report-of.js'

async function rendered(before: HostSpec, after: HostSpec): Promise<string> {
  const side = async (spec: HostSpec) => {
    const raw = await loadFiles(buildHost(spec), { kind: 'capture', path: `${spec.kernel}.tar.gz` })
    return analyseHost(raw)
  }
  const [was, is] = [await side(before), await side(after)]
  const policies = POLICIES.filter(({ id }) => id === 'group-fds' || id === 'iommufd')
  const difference = compareHosts(was, is, {
    policies,
    hypothetical: false,
  })
  const tool = { name: 'vfio-reset', version: '0.0.0' }
  const report = diffReport({ before: was, after: is, difference, tool })
  return renderDiff(report, { before: new Map(), after: new Map() }, terminal(90))
}

/** GPU and boot disk behind two root ports. */
function server(kernel: string, gpu: number, disk: number, acs = ACS_OK): HostSpec {
  return {
    kernel,
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', group: gpu, acs }),
      rootPort('0000:00:02.0', { secondary: '02', group: disk, acs }),
      endpoint('0000:01:00.0', { id: '10de:2204', driver: 'vfio-pci', group: gpu }),
      endpoint('0000:02:00.0', { id: '144d:a80a', driver: 'nvme', group: disk }),
    ],
    files: {
      'proc/self/mountinfo': '1 0 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n',
      'sys/dev/block/259:1': {
        link: '../../devices/pci0000:00/0000:00:02.0/0000:02:00.0/nvme/nvme0/nvme0n1/nvme0n1p1',
      },
    },
  }
}

test('after an upgrade the boot disk shares a group with the GPU', async () => {
  const text = await rendered(server('6.6.30', 13, 14), server('6.12.117', 7, 7, ACS_REDIRECT_OFF))
  expect(text).toMatchInlineSnapshot(`
    "A hot reset of 0000:01:00.0 was permitted, and is refused now. 3 other differences.
    Before  capture 6.6.30.tar.gz, Linux 6.6.30
    After   capture 6.12.117.tar.gz, Linux 6.12.117

    Verdicts that changed
      ! 0000:01:00.0
        group-fds, iommufd: permitted, now refused (EPERM).
          because the group of 0000:01:00.0 changed: 0000:00:02.0, 0000:02:00.0 joined

    IOMMU groups
      ! 0000:00:01.0
      ! 0000:00:02.0
      ! 0000:01:00.0
      ! 0000:02:00.0
        share one group now; before they were in 2 groups. ATTENTION: 0000:02:00.0 is the
          host's root file system and boot disk.
          because ACS at 0000:00:01.0 changed: ACS SV RR CR UF, now ACS SV UF

    ACS
      0000:00:01.0
      0000:00:02.0
        ACS SV RR CR UF, now ACS SV UF.

    Host
      kernel 6.6.30, now 6.12.117.
    "
  `)
})

test('nothing changed', async () => {
  expect(await rendered(server('6.6.30', 13, 14), server('6.6.30', 2, 3))).toMatchInlineSnapshot(`
    "No difference that matters.
    Before  capture 6.6.30.tar.gz, Linux 6.6.30
    After   capture 6.6.30.tar.gz, Linux 6.6.30
    "
  `)
})
