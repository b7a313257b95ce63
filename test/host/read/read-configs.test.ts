import { expect, test } from 'vitest'
import {
  bridge,
  configBytes,
  endpoint,
  type Files,
  find,
  functionFiles,
  read,
} from '../tree/tree-literal.js'

const BUS = 'pci0000:00'

/** Addresses of that many functions on buses from `bus` on. */
function many(count: number, bus: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const number = (bus + Math.floor(at / 256)).toString(16).padStart(2, '0')
    const device = (Math.floor(at / 8) % 32).toString(16).padStart(2, '0')
    return `0000:${number}:${device}.${at % 8}`
  })
}

test('more functions than one batch: each has its own config space', async () => {
  const addresses = many(600, 0)
  const files = addresses.map((address, at) =>
    functionFiles(address, BUS, endpoint({ config: configBytes({ id: 0x10000 + at }) })),
  )
  const { functions } = await read(Object.assign({}, ...files))
  expect(functions.map(({ address }) => address)).toEqual(addresses)
  expect(functions.map(({ config }) => config.known && config.value.header.id)).toEqual(
    addresses.map((_, at) => 0x10000 + at),
  )
})

test.each([
  ['active\n', 'awake'],
  ['suspended\n', 'asleep'],
])(
  'a function that is found a batch before its bridge waits for it: %j',
  async (status, expected) => {
    const port = '0000:07:00.0'
    const between = many(300, 3).map((address) => functionFiles(address, BUS, endpoint()))
    const files: Files = {
      ...Object.assign({}, ...between),
      ...functionFiles('0000:02:00.0', `${BUS}/${port}`, endpoint()),
      ...functionFiles(port, BUS, bridge({ 'power/runtime_status': status })),
    }
    const { config } = find(await read(files), '0000:02:00.0')
    expect(config.known ? 'awake' : config.gap.why).toBe(expected)
  },
)

test('a function whose bridge is nowhere is read all the same', async () => {
  const files = functionFiles('0000:02:00.0', `${BUS}/0000:07:00.0`, endpoint())
  expect(find(await read(files), '0000:02:00.0').config.known).toBe(true)
})
