import { ADDED_PORTS, completeFunction } from './board.mjs'

/** Offsets of configuration space. */
const DEVICE_ID = 0x02
const SUBSYSTEM = 0x2c

const [PAIR_PORT, SRIOV_PORT] = ADDED_PORTS

/**
 * The two cards that are put in: functions of the lab's emulated machines, as a real kernel showed them, below the added ports.
 * `pair` is a network card of two functions, `sriov` one with virtual functions.
 */
export function addCards(tree, { pair, sriov }) {
  const i350 = { device: 0x1521, subsystem: [0x8086, 0x00a2] }
  move(tree, {
    from: pair,
    source: '0000:02:00.0',
    address: '0000:0d:00.0',
    port: PAIR_PORT,
    group: 33,
    ...i350,
  })
  move(tree, {
    from: pair,
    source: '0000:02:00.1',
    address: '0000:0d:00.1',
    port: PAIR_PORT,
    group: 34,
    ...i350,
  })

  const physical = { device: 0x10c9, subsystem: [0x8086, 0xa03c] }
  const virtual = { device: 0x10ca, subsystem: [0x8086, 0xa03c] }
  move(tree, {
    from: sriov,
    source: '0000:01:00.0',
    address: '0000:0e:00.0',
    port: SRIOV_PORT,
    group: 35,
    ...physical,
  })
  move(tree, {
    from: sriov,
    source: '0000:01:10.0',
    address: '0000:0e:10.0',
    port: SRIOV_PORT,
    group: 36,
    ...virtual,
  })
  move(tree, {
    from: sriov,
    source: '0000:01:10.2',
    address: '0000:0e:10.2',
    port: SRIOV_PORT,
    group: 37,
    ...virtual,
  })
  const pf = tree.folderOf('0000:0e:00.0')
  for (const [index, vf] of ['0000:0e:10.0', '0000:0e:10.2'].entries()) {
    tree.link(`${pf}/virtfn${index}`, `../${vf}`)
    tree.link(`${tree.folderOf(vf)}/physfn`, '../0000:0e:00.0')
  }
  tree.file(`${pf}/sriov_numvfs`, '2\n')
}

/** Files that the tool reads of a function and that do not say where it is. */
const KEPT = ['class', 'revision', 'resource', 'irq', 'reset_method', 'sriov_totalvfs']

function move(tree, { from, source, address, port, group, device, subsystem }) {
  const found = from.folderOf(source)
  const folder = `${tree.folderOf(port.address)}/${address}`
  for (const name of KEPT.filter((each) => from.has(`${found}/${each}`))) {
    tree.file(`${folder}/${name}`, from.bodyOf(`${found}/${name}`))
  }
  tree.files(folder, identity({ device, subsystem }))
  tree.file(`${folder}/config`, withIdentity(from.bodyOf(`${found}/config`), { device, subsystem }))
  tree.linkTo(`sys/bus/pci/devices/${address}`, folder)
  tree.link(`${folder}/subsystem`, '../../../../bus/pci')
  tree.group(group, address)
  completeFunction(tree, address)
}

function identity({ device, subsystem: [vendor, model] }) {
  return {
    vendor: '0x8086\n',
    device: `0x${device.toString(16)}\n`,
    class: '0x020000\n',
    revision: '0x01\n',
    irq: '0\n',
    resource: '',
    subsystem_vendor: `0x${vendor.toString(16).padStart(4, '0')}\n`,
    subsystem_device: `0x${model.toString(16).padStart(4, '0')}\n`,
  }
}

function withIdentity(recorded, { device, subsystem: [vendor, model] }) {
  const config = Buffer.from(recorded)
  if (config.length < SUBSYSTEM + 4) return config
  config.writeUInt16LE(device, DEVICE_ID)
  config.writeUInt16LE(vendor, SUBSYSTEM)
  config.writeUInt16LE(model, SUBSYSTEM + 2)
  return config
}
