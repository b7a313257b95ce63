import { expect, test } from 'vitest'
import { placeOf } from '../../src/pci/place.js'
import { fullAddress } from '../support/ask.js'

test.each([
  [
    'on a root bus',
    'pci0000:00/0000:00:02.0',
    { parent: null, rootBus: '0000:00', onRootBus: true, dmaDevice: null },
  ],
  [
    'below a port',
    'pci0000:00/0000:00:01.0/0000:01:00.0',
    { parent: '0000:00:01.0', rootBus: '0000:00', onRootBus: false, dmaDevice: null },
  ],
  [
    'below VMD',
    'pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0',
    { parent: '10000:e0:06.0', rootBus: '10000:e0', onRootBus: false, dmaDevice: '0000:00:0e.0' },
  ],
  [
    'on the root bus of VMD',
    'pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0',
    { parent: null, rootBus: '10000:e0', onRootBus: true, dmaDevice: '0000:00:0e.0' },
  ],
  [
    'below a host bridge of the platform',
    'platform/soc/40000000.pcie/pci0002:00/0002:00:00.0',
    { parent: null, rootBus: '0002:00', onRootBus: true, dmaDevice: null },
  ],
  [
    'a VF of a root bus function, on a bus of its own',
    'pci0000:00/0000:01:10.0',
    { parent: null, rootBus: '0000:00', onRootBus: false, dmaDevice: null },
  ],
])('%s', (_case, path, expected) => {
  const address = fullAddress(path.slice(path.lastIndexOf('/') + 1))
  expect(placeOf(address, `sys/devices/${path}`)).toEqual(expected)
})
