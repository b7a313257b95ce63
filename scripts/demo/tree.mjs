import { posix } from 'node:path'
import { makeTar, readTar } from '../fuzz/tar.mjs'

/** Files, folders and links of a host, by path without a slash in front. */
export class Tree {
  #entries = new Map()

  /** Entries as the lab records them: `[path, 'file', base64]`, `[path, 'link', target]`, `[path, 'folder']`. */
  static fromEntries(entries) {
    const tree = new Tree()
    for (const [path, kind, text] of entries) {
      if (kind === 'file') tree.file(path, Buffer.from(text ?? '', 'base64'))
      else if (kind === 'link') tree.link(path, text)
      else tree.folder(path)
    }
    return tree
  }

  folder(path) {
    this.#entries.set(path, { path, type: '5' })
  }

  file(path, body) {
    this.#entries.set(path, { path, type: '0', body: Buffer.from(body) })
  }

  /** Files of one folder, by name. */
  files(folder, files) {
    for (const [name, text] of Object.entries(files)) this.file(`${folder}/${name}`, text)
  }

  link(path, target) {
    this.#entries.set(path, { path, type: '2', link: target })
  }

  /** A link to a path of the tree, written as sysfs writes it: from the folder that the link is in. */
  linkTo(path, target) {
    this.link(path, posix.relative(posix.dirname(path), target))
  }

  remove(path) {
    this.#entries.delete(path)
  }

  has(path) {
    return this.#entries.has(path)
  }

  bodyOf(path) {
    return this.#entries.get(path).body
  }

  /** The folder of a function below `sys/devices`. */
  folderOf(address) {
    const { path, link } = this.#entries.get(`sys/bus/pci/devices/${address}`)
    return posix.join(posix.dirname(path), link)
  }

  functions() {
    return this.names('sys/bus/pci/devices')
  }

  names(folder) {
    const start = `${folder}/`
    const below = [...this.#entries.keys()].filter((path) => path.startsWith(start))
    return [...new Set(below.map((path) => path.slice(start.length).split('/')[0]))].sort()
  }

  /** Binds a function to a driver, or takes its driver away. */
  bind(address, driver) {
    const folder = this.folderOf(address)
    const before = this.#entries.get(`${folder}/driver`)?.link
    if (before !== undefined)
      this.remove(`sys/bus/pci/drivers/${before.split('/').at(-1)}/${address}`)
    this.linkTo(`${folder}/driver`, `sys/bus/pci/drivers/${driver}`)
    this.linkTo(`sys/bus/pci/drivers/${driver}/${address}`, folder)
  }

  group(number, address) {
    const group = `sys/kernel/iommu_groups/${number}`
    this.linkTo(`${this.folderOf(address)}/iommu_group`, group)
    this.linkTo(`${group}/devices/${address}`, this.folderOf(address))
  }

  /** By path, with every folder on the way. */
  toTar() {
    const entries = new Map()
    for (const [path, entry] of [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const parts = path.split('/')
      for (let length = 1; length < parts.length; length += 1) {
        const above = parts.slice(0, length).join('/')
        if (!entries.has(above)) entries.set(above, { path: above, type: '5' })
      }
      entries.set(path, entry)
    }
    return makeTar([...entries.values()])
  }
}

export function readTree(tar) {
  const tree = new Tree()
  for (const { path, type, body, link } of readTar(tar)) {
    const name = path.replace(/^\.\//, '').replace(/\/$/, '')
    if (type === '5') tree.folder(name)
    else if (type === '2') tree.link(name, link)
    else tree.file(name, body)
  }
  return tree
}
