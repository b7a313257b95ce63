import { describe, expect, it } from 'vitest'
import { decodePackages, newest } from '../../lab/archive/archive.js'
import { findDebianSources, writeSources } from '../../lab/archive/sources.js'
import { compareVersions } from '../../lab/archive/version.js'

const DEB822 = `Types: deb
# a comment
URIs: http://archive.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
`

const ONE_LINE = `# deb-src http://archive.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/key.gpg] http://archive.example/debian bookworm main contrib
deb http://other.example/stuff nodistro main
`

describe('sources of the machine', () => {
  it('are found in deb822, and asked for other suites', () => {
    const sources = findDebianSources([DEB822], 'bookworm')
    expect(sources && writeSources(sources, ['sid', 'bookworm-backports', 'trixie-security'])).toBe(
      `Types: deb
URIs: http://archive.example/debian
Suites: sid bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: trixie-security
Components: main
`,
    )
  })

  it('are found in lines, with the main archive standing in for a security one', () => {
    const sources = findDebianSources([ONE_LINE], 'bookworm')
    expect(sources?.main).toStrictEqual({
      uris: 'http://archive.example/debian',
      suites: ['bookworm'],
      options: [['Signed-By', '/etc/key.gpg']],
    })
    expect(sources?.security).toBe(sources?.main)
  })

  it('are none on a machine that is no Debian, or whose entry is switched off', () => {
    expect(findDebianSources([ONE_LINE], 'noble')).toBeUndefined()
    expect(findDebianSources([`Enabled: no\n${DEB822}`], 'bookworm')).toBeUndefined()
  })
})

describe('versions', () => {
  // Each smaller than the next; the order is that of `dpkg --compare-versions`.
  const ascending = [
    '6.12.95-1~bpo12+1',
    '6.12.95-1',
    '6.12.117-1~deb12u1',
    '6.12.117-1',
    '6.12.117-1.1',
    '6.12.117-2',
    '7.3~rc7-1~exp1',
    '7.3-1',
    '7.3.4-1~bpo13+1',
    '7.3.4-1',
    '7.3.4a-1',
    '7.3.4+b-1',
    '1:0.1',
  ]

  it('are ordered as dpkg orders them', () => {
    for (const [index, version] of ascending.entries()) {
      for (const [other, than] of ascending.entries()) {
        expect(Math.sign(compareVersions(version, than)), `${version} ${than}`).toBe(
          Math.sign(index - other),
        )
      }
    }
  })

  it('decide which package is the newest', () => {
    const text = `Package: linux-image-amd64
Version: 7.2.13-1
Depends: linux-image-7.2.13

Package: linux-image-amd64
Version: 7.3.4-1~bpo13+1
Depends: linux-image-7.3.4
`
    expect(newest(decodePackages(text))).toStrictEqual({
      name: 'linux-image-amd64',
      version: '7.3.4-1~bpo13+1',
      depends: 'linux-image-7.3.4',
    })
    expect(newest([])).toBeUndefined()
  })

  it('leave out what is only installed', () => {
    const offered = 'Package: qemu-system-x86\nVersion: 1:7.2'
    const installed = 'Package: qemu-system-x86\nStatus: install ok installed\nVersion: 1:10.0'
    expect(decodePackages(`${installed}\n\n${offered}\n`)).toMatchObject([{ version: '1:7.2' }])
  })
})
