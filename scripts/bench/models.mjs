// The kinds of functions that synthetic hosts are made of: IDs of common hardware, so that names resolve.
// type: PCIe port type, null for conventional PCI. acs: what the kernel leaves there with an IOMMU in use.

const BRIDGE = 0x060400
const ACS_ON = { capability: 0x1f, control: 0x1d }

export const MODELS = {
  hostBridge: model({ id: '8086:2020', class: 0x060000, type: null }),
  isaBridge: model({ id: '8086:a1c1', class: 0x060100, type: null }),
  smbus: model({ id: '8086:a1a3', class: 0x0c0500, type: null, driver: 'i801_smbus' }),
  sata: model({ id: '8086:a182', class: 0x010601, type: null, driver: 'ahci' }),
  rcEndpoint: model({ id: '8086:2021', class: 0x088000, type: 9, driver: 'ioatdma', flr: true }),
  rootPort: model({ id: '8086:2030', class: BRIDGE, type: 4, driver: 'pcieport', acs: ACS_ON }),
  switchUp: model({ id: '10b5:8747', class: BRIDGE, type: 5, driver: 'pcieport' }),
  switchDown: model({ id: '10b5:8747', class: BRIDGE, type: 6, driver: 'pcieport', acs: ACS_ON }),
  pcieToPci: model({ id: '1b21:1080', class: BRIDGE, type: 7 }),
  conventionalBridge: model({ id: '8086:244e', class: BRIDGE, type: null }),
  conventional: model({ id: '8086:100e', class: 0x020000, type: null, driver: 'e1000' }),
  nvme: model({ id: '144d:a808', class: 0x010802, type: 0, driver: 'nvme', flr: true }),
  gpu: model({ id: '10de:2204', class: 0x030000, type: 1, driver: 'vfio-pci' }),
  gpuAudio: model({ id: '10de:1aef', class: 0x040300, type: 0, driver: 'snd_hda_intel' }),
  nic: model({
    ...{ id: '15b3:1017', class: 0x020000, type: 0, driver: 'mlx5_core' },
    ...{ flr: true, ari: true, acs: { capability: 0, control: 0 } },
  }),
  nicVf: model({
    id: '15b3:1018',
    class: 0x020000,
    type: 0,
    driver: 'mlx5_core',
    flr: true,
    ari: true,
  }),
  /** One of many functions of one device that cannot keep them apart. */
  manyFunctions: model({
    id: '1af4:1041',
    class: 0x020000,
    type: 0,
    driver: 'virtio-pci',
    ari: true,
  }),
}

function model({ id, driver = null, flr = false, ari = false, acs = null, ...rest }) {
  const [vendor, device] = id.split(':').map((word) => Number.parseInt(word, 16))
  return { vendor, device, driver, flr, ari, acs, isBridge: rest.class === BRIDGE, ...rest }
}
