import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createPool } from './content-pool.mjs'
import { configOf, countedAttributes, sharedAttributes, ueventText } from './function-files.mjs'
import { hex } from './host-plan.mjs'
import { writeSystem } from './system-files.mjs'

/** Writes a planned host below `dir` (which is made) as the kernel would show it in sysfs, with the proc and dev files beside. */
export function writeHost(dir, plan) {
  const pool = createPool(`${dir}/.pool`)
  for (const folder of BASE_FOLDERS) mkdirSync(`${dir}/${folder}`, { recursive: true })
  const host = {
    dir,
    pool,
    plan,
    link: (path, target) => symlinkSync(relative(path, target), `${dir}/${path}`),
  }
  const shared = new Map()
  for (const each of plan.functions) writeFunction(host, each, shared)
  for (const each of plan.functions) writeRelations(host, each)
  writeGroups(host)
  writeSystem(host)
  pool.close()
}

const BASE_FOLDERS = [
  'sys/bus/pci/devices',
  'sys/bus/pci/drivers',
  'sys/bus/pci/slots',
  'sys/bus/pci_express/devices',
  'sys/bus/pci_express/drivers/pciehp',
  'sys/kernel/iommu_groups',
  'sys/class',
]

function writeFunction({ dir, pool, link }, each, shared) {
  const folder = `${dir}/${each.folder}`
  mkdirSync(`${folder}/power`, { recursive: true })
  for (const { name, entry } of sharedOf(each, shared, pool)) pool.put(entry, `${folder}/${name}`)
  for (const [name, text, mode] of countedAttributes(each)) {
    pool.put(pool.entry(`${name} ${text}`, line(text), mode), `${folder}/${name}`)
  }
  writeFileSync(`${folder}/uevent`, ueventText(each))
  writeConfig(pool, each, `${folder}/config`)
  link(`sys/bus/pci/devices/${each.address}`, each.folder)
}

function sharedOf(each, shared, pool) {
  const { model, driver, pf, multifunction, bus } = each
  const isRoot = bus.number === 0
  const key = [
    model.vendor,
    model.device,
    model.type,
    driver,
    pf !== null,
    multifunction,
    isRoot,
  ].join()
  const found = shared.get(key)
  if (found !== undefined) return found
  const made = sharedAttributes(each).map(([name, text, mode]) => ({
    name,
    entry: pool.entry(`${name} ${text}`, line(text), mode),
  }))
  shared.set(key, made)
  return made
}

function writeConfig(pool, each, path) {
  const { model, multifunction, pf, buses, vfs } = each
  if (buses !== null || vfs.length > 0) {
    writeFileSync(path, configOf(each), { mode: 0o644 })
    return
  }
  const key = `config ${model.vendor} ${model.device} ${model.type} ${multifunction} ${pf !== null}`
  pool.put(pool.entry(key, configOf(each), 0o644), path)
}

/** What leads from one function to others: links, and the buses below it. */
function writeRelations(host, each) {
  const { dir, link } = host
  const { folder, driver, group, pf, vfs, buses } = each
  link(`${folder}/subsystem`, 'sys/bus/pci')
  link(`${folder}/iommu_group`, `sys/kernel/iommu_groups/${group}`)
  if (driver !== null) {
    mkdirSync(`${dir}/sys/bus/pci/drivers/${driver}`, { recursive: true })
    link(`${folder}/driver`, `sys/bus/pci/drivers/${driver}`)
    link(`sys/bus/pci/drivers/${driver}/${each.address}`, folder)
  }
  if (pf !== null) link(`${folder}/physfn`, pf.folder)
  for (const [index, vf] of vfs.entries()) link(`${folder}/virtfn${index}`, vf.folder)
  if (buses !== null) writeBuses(host, each)
  if (each.hotplug) writeSlot(host, each)
}

function writeBuses({ dir }, { folder, address, buses, hasVirtualBus }) {
  const domain = address.slice(0, -8)
  const numbers = [buses.secondary, ...(hasVirtualBus ? [buses.secondary + 1] : [])]
  for (const number of numbers) {
    mkdirSync(`${dir}/${folder}/pci_bus/${domain}:${hex(number, 2)}`, { recursive: true })
  }
}

/** A port that pciehp drives: its service and its slot. */
function writeSlot({ dir, link }, { folder, address, buses }) {
  const domain = address.slice(0, -8)
  const service = `${address}:pcie204`
  mkdirSync(`${dir}/${folder}/${service}`)
  link(`${folder}/${service}/driver`, 'sys/bus/pci_express/drivers/pciehp')
  link(`sys/bus/pci_express/devices/${service}`, `${folder}/${service}`)
  link(`sys/bus/pci_express/drivers/pciehp/${service}`, `${folder}/${service}`)
  const slot = `${dir}/sys/bus/pci/slots/${Number.parseInt(domain, 16) * 256 + buses.secondary}`
  mkdirSync(slot)
  writeFileSync(`${slot}/address`, `${domain}:${hex(buses.secondary, 2)}:00\n`)
}

function writeGroups({ dir, pool, plan, link }) {
  const made = new Set()
  for (const { group, address, folder } of plan.functions) {
    const path = `sys/kernel/iommu_groups/${group}`
    if (!made.has(group)) {
      made.add(group)
      mkdirSync(`${dir}/${path}/devices`, { recursive: true })
      pool.put(pool.entry('group type', 'DMA-FQ\n', 0o644), `${dir}/${path}/type`)
    }
    link(`${path}/devices/${address}`, folder)
  }
}

/** A link's text as sysfs has it: relative to the folder in which the link stands, both being below `sys`. */
function relative(path, target) {
  return `${'../'.repeat(path.split('/').length - 2)}${target.slice('sys/'.length)}`
}

function line(text) {
  return text === '' ? '' : `${text}\n`
}
