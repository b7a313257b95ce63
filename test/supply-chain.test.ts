import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const read = (name: string) => readFileSync(fileURLToPath(new URL(name, ROOT)), 'utf8')

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly dev?: boolean
}

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  read('package-lock.json'),
)
const packages = Object.entries(lock.packages).filter(([path]) => path !== '')

describe('package-lock.json', () => {
  it('has the digest of every package, those of other platforms included', () => {
    const without = packages.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''))
    expect(without.map(([path]) => path)).toEqual([])
  })

  it('names no place where they come from', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('brings nothing to users but koffi', () => {
    const brought = packages.filter(([, { dev }]) => dev !== true).map(([path]) => path)
    expect(brought.filter((path) => !/^node_modules\/(?:koffi$|@koromix\/)/.test(path))).toEqual([])
  })
})

it('nothing that is installed runs a script of its own', () => {
  expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true')
})
