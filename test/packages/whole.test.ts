import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageNamed, ROOT } from './packages.js'

describe('npm run package', () => {
  let again = ''
  beforeAll(() => {
    again = mkdtempSync(join(tmpdir(), 'vfio-reset-again-'))
    // What differs between builders: mask, zone, language.
    const make = `umask 077; exec "$0" scripts/package.mjs --arch ${process.arch} --output "$1"`
    execFileSync('sh', ['-c', make, process.execPath, again], {
      cwd: ROOT,
      stdio: 'ignore',
      env: { ...process.env, TZ: 'Pacific/Auckland', LC_ALL: 'C.UTF-8' },
    })
  })
  afterAll(() => rmSync(again, { recursive: true, force: true }))

  it('makes the same bytes twice', () => {
    const made = sumsOf(packageNamed('SHA256SUMS'))
    const sums = sumsOf(join(again, 'SHA256SUMS'))
    expect(sums.length).toBeGreaterThanOrEqual(5)
    expect(made).toEqual(expect.arrayContaining([...sums]))
  })

  it('lists what is bundled as the notices do, and koffi, which goes with it', () => {
    const bom: { components: { group?: string; name: string; version: string }[] } = JSON.parse(
      readFileSync(packageNamed('.cdx.json'), 'utf8'),
    )
    const listed = bom.components.map(({ group, name, version }) =>
      [...(group === undefined ? [] : [`${group}/`]), `${name} ${version}`].join(''),
    )
    const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
    const noticed = [...notices.matchAll(/^(\S+ \d\S*) \([A-Z].*\)$/gm)].map(([, each]) => each)
    expect(noticed.length).toBeGreaterThan(50)
    expect(listed.filter((each) => !each.startsWith('koffi ')).sort()).toEqual(noticed.sort())
    expect(listed.join()).toContain('koffi')
  })
})

function sumsOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n')
}
