import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { homeOf } from './home.mjs'
import { koffiFor } from './koffi.mjs'
import { normaliseModes } from './modes.mjs'

/** Debian's names of the processors, by Node's. */
export const DEBIAN_NAMES = { x64: 'amd64', arm64: 'arm64' }

/**
 * Makes the Debian package for one processor: the tool below /usr/lib, its pages, completions and units where their
 * readers look. No scripts run when it is installed; nothing is switched on.
 */
export function makeDeb({ root, pkg, arch, pages, completions, changelog, date, output, scratch }) {
  const tree = join(scratch, `deb-${arch}`)
  rmSync(tree, { recursive: true, force: true })
  const home = `usr/lib/${pkg.name}`
  const put = (path, content, mode = 0o644) => {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), content, { mode })
  }
  for (const path of ['bin', 'dist', 'share', 'oclif.manifest.json', 'package.json']) {
    cpSync(join(root, path), join(tree, home, path), { recursive: true, filter: isPackaged })
  }
  koffiFor({ root, arch, scratch, into: join(tree, home, 'node_modules') })
  mkdirSync(join(tree, 'usr/bin'), { recursive: true })
  symlinkSync(`../lib/${pkg.name}/bin/run.js`, join(tree, 'usr/bin', pkg.name))
  for (const [name, text] of pages) put(`usr/share/man/man8/${name}.gz`, zipped(text))
  put(`usr/share/bash-completion/completions/${pkg.name}`, completions.bash)
  put(`usr/share/zsh/vendor-completions/_${pkg.name}`, completions.zsh)
  put(`usr/share/fish/vendor_completions.d/${pkg.name}.fish`, completions.fish)
  const doc = `usr/share/doc/${pkg.name}`
  put(`${doc}/changelog.gz`, zipped(debianChangelog(pkg, date)))
  put(`${doc}/NEWS.gz`, zipped(changelog))
  put(`${doc}/copyright`, copyright(root, pkg))
  for (const path of ['README.md', 'docs', 'fixtures/scenarios']) {
    cpSync(join(root, path), join(tree, doc, path), { recursive: true })
  }
  const size = Math.ceil(sizeOf(tree) / 1024)
  put('DEBIAN/control', control({ pkg, arch, size, ...homeOf(root) }))
  normaliseModes(tree)
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, output], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // dpkg-deb clamps the times of all files to it.
    env: { ...process.env, SOURCE_DATE_EPOCH: String(date.getTime() / 1000) },
  })
}

function control({ pkg, arch, size, homepage }) {
  return `Package: ${pkg.name}
Version: ${pkg.version}
Architecture: ${DEBIAN_NAMES[arch]}
Maintainer: ${maintainer(pkg.name)}
Installed-Size: ${size}
Depends: nodejs (>= 18.19), libc6 (>= 2.28)
Recommends: pci.ids
Suggests: driverctl, pciutils
Section: admin
Priority: optional${homepage === undefined ? '' : `\nHomepage: ${homepage}`}
Description: predict VFIO hot resets, and what stands in their way
 Tells which PCI functions of a host can be given to different users and which
 cannot be used independently: what a hot reset of a function resets, whether
 the kernel would permit it and to whom, and what would have to be done.
 .
 It reads /sys and wakes no device.
`
}

function debianChangelog({ name, version }, date) {
  return `${name} (${version}) unstable; urgency=medium

  * Version ${version}; NEWS.gz tells what changed.

 -- ${maintainer(name)}  ${date.toUTCString().replace('GMT', '+0000')}
`
}

function maintainer(name) {
  return `${name} maintainers <maintainers@${name}.invalid>`
}

function copyright(root, pkg) {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8')
  const koffi = readFileSync(join(root, 'node_modules/koffi/LICENSE.txt'), 'utf8')
  const names = readFileSync(join(root, 'scripts/licences/pci.ids.txt'), 'utf8')
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${pkg.name}

Files: *
Copyright: ${/Copyright \(c\) (.*)/.exec(licence)?.[1] ?? pkg.name}
License: Expat
Comment: what is bundled stands with its licences in
 /usr/lib/${pkg.name}/dist/THIRD-PARTY-NOTICES.txt

Files: usr/lib/${pkg.name}/node_modules/*
Copyright: ${/Copyright \(C\) (.*)/.exec(koffi)?.[1]}
License: Expat
Comment: koffi

Files: usr/lib/${pkg.name}/share/pci.ids.gz
Copyright: ${[...names.matchAll(/Copyright \(c\) (.*)/g)].map(([, who]) => who).join('\n ')}
License: BSD-3-clause

License: Expat
${indented(licence)}

License: BSD-3-clause
${indented(names)}
`
}

function indented(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line.trim()}`))
    .join('\n')
}

function sizeOf(tree) {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size,
      0,
    )
}

function zipped(text) {
  return gzipSync(text, { level: 9 })
}

/** A code cache is not the same bytes twice, and of one Node (docs/adr/0005-a-code-cache-of-the-package.md). */
function isPackaged(path) {
  return !path.endsWith('/dist/cache')
}
