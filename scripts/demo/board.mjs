/** Root ports that the board has besides those of the source, one for each card that is put in. */
export const ADDED_PORTS = [
  { address: '0000:00:01.1', bus: 0x0d, group: 31 },
  { address: '0000:00:03.1', bus: 0x0e, group: 32 },
]

/** Its port of the graphics card is what the added ones are copies of. */
const MODEL = '0000:00:03.2'

/** Offsets of a bridge's configuration space. */
const SECONDARY = 0x19
const SUBORDINATE = 0x1a

/**
 * `reset_method` as Linux 7.0 makes it of these functions' registers (`pci_init_reset_methods`), with `bus` for the first of a bus, which is
 * found before its siblings; a test compares. Functions that are not here have no such file.
 */
const RESET_METHODS = {
  pm: [
    ...['0000:00:01.1', '0000:00:01.2', '0000:00:03.1', '0000:00:03.2', '0000:00:07.1'],
    ...['0000:00:08.1', '0000:01:00.0', '0000:02:00.0', '0000:02:03.0', '0000:02:04.0'],
    ...['0000:02:05.0', '0000:02:08.0', '0000:02:09.0', '0000:02:0a.0'],
    ...['0000:07:00.3', '0000:0c:00.3'],
  ],
  bus: ['0000:06:00.0', '0000:07:00.0', '0000:08:00.0', '0000:09:00.0'],
  flr: ['0000:0c:00.1'],
  'flr bus': [
    ...['0000:03:00.0', '0000:04:00.0', '0000:05:00.0'],
    ...['0000:0a:00.0', '0000:0b:00.0', '0000:0c:00.0'],
  ],
}

/** What the source does not print of the functions of the board. */
export function completeBoard(tree) {
  for (const { address, bus, group } of ADDED_PORTS) addPort(tree, { address, bus, group })
  for (const address of tree.functions()) completeFunction(tree, address)
  for (const [methods, addresses] of Object.entries(RESET_METHODS)) {
    for (const address of addresses)
      tree.file(`${tree.folderOf(address)}/reset_method`, `${methods}\n`)
  }
  tree.file(`${tree.folderOf('0000:0a:00.0')}/boot_vga`, '0\n')
}

function addPort(tree, { address, bus, group }) {
  const model = tree.folderOf(MODEL)
  const folder = `sys/devices/pci0000:00/${address}`
  const config = Buffer.from(tree.bodyOf(`${model}/config`))
  config[SECONDARY] = bus
  config[SUBORDINATE] = bus
  for (const name of tree.names(model).filter((each) => tree.has(`${model}/${each}`))) {
    if (/^0000:|^(?:driver|iommu_group|subsystem)$/.test(name)) continue
    tree.file(`${folder}/${name}`, name === 'config' ? config : tree.bodyOf(`${model}/${name}`))
  }
  tree.linkTo(`sys/bus/pci/devices/${address}`, folder)
  tree.bind(address, 'pcieport')
  tree.group(group, address)
}

/** Attributes that every function of a kernel of today has; nothing sleeps, and the machine has one memory node. */
export function completeFunction(tree, address) {
  const folder = tree.folderOf(address)
  tree.files(folder, {
    enable: tree.has(`${folder}/driver`) ? '1\n' : '0\n',
    numa_node: '-1\n',
    power_state: 'D0\n',
    d3cold_allowed: '1\n',
    'power/runtime_status': 'active\n',
    'power/control': 'on\n',
  })
}
