import fc from 'fast-check'
import {
  ACS_EMPTY,
  ACS_OK,
  ACS_REDIRECT_OFF,
  type AcsSpec,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionSpec,
  pcieToPci,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
} from './functions.js'

/** What hangs below a port. */
type Part =
  | { readonly kind: 'empty' }
  | { readonly kind: 'endpoints'; readonly functions: readonly Func[]; readonly vfs: number }
  | { readonly kind: 'switch'; readonly management: boolean; readonly ports: readonly Port[] }
  | { readonly kind: 'bridge'; readonly pcie: boolean; readonly cards: number }

interface Port {
  readonly acs: AcsSpec | null
  readonly below: Part
}

interface Func {
  readonly acs: AcsSpec | null
  readonly id: string
}

const acs = fc.constantFrom(null, ACS_OK, ACS_EMPTY, ACS_REDIRECT_OFF)
const func: fc.Arbitrary<Func> = fc.record({
  acs,
  id: fc.constantFrom('10de:2204', '8086:10c9', '1b4b:9230', '8088:0110', '8086:1234'),
})

const { part } = fc.letrec<{ part: Part; port: Port }>((tie) => ({
  port: fc.record({ acs, below: tie('part') }),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<Part>({ kind: 'empty' }),
    fc.record({
      kind: fc.constant('endpoints' as const),
      functions: fc.array(func, { minLength: 1, maxLength: 3 }),
      vfs: fc.nat(2),
    }),
    fc.record({
      kind: fc.constant('bridge' as const),
      pcie: fc.boolean(),
      cards: fc.integer({ min: 1, max: 2 }),
    }),
    fc.record({
      kind: fc.constant('switch' as const),
      management: fc.boolean(),
      ports: fc.array(tie('port'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))

/** Hosts of one domain with root ports, multifunction or not, and what can hang below them; every function in a group. */
export const randomFunctions: fc.Arbitrary<FunctionSpec[]> = fc
  .array(fc.record({ acs, mfd: fc.boolean(), below: part }), { minLength: 1, maxLength: 4 })
  .map((ports) => {
    const functions: FunctionSpec[] = []
    const nextBus = counter(1)
    ports.forEach(({ acs: registers, mfd, below }, index) => {
      const secondary = hex(nextBus())
      const address = mfd ? `0000:00:1c.${index}` : `0000:00:0${index + 1}.0`
      functions.push(rootPort(address, { secondary, mfd, acs: registers }))
      addPart(below, secondary, functions, nextBus)
    })
    return functions.map((each, group) => ({ ...each, group }))
  })

function addPart(below: Part, bus: string, functions: FunctionSpec[], nextBus: () => number): void {
  const at = (device: number, index: number) => `0000:${bus}:${hex(device)}.${index}`
  switch (below.kind) {
    case 'empty':
      return
    case 'endpoints': {
      const mfd = below.functions.length > 1
      below.functions.forEach((each, index) => {
        functions.push(endpoint(at(0, index), { mfd, ...each }))
      })
      for (let index = 0; index < below.vfs; index += 1) {
        functions.push(virtualFunction(at(0x10, index), { vf: { pf: at(0, 0), index } }))
      }
      return
    }
    case 'bridge': {
      const secondary = hex(nextBus())
      const make = below.pcie ? pcieToPci : conventionalBridge
      functions.push(make(at(0, 0), { secondary }))
      for (let card = 0; card < below.cards; card += 1) {
        functions.push(conventional(`0000:${secondary}:${hex(card)}.0`))
      }
      return
    }
    case 'switch':
      addSwitch(below, bus, functions, nextBus)
  }
}

function addSwitch(
  { management, ports }: Extract<Part, { kind: 'switch' }>,
  bus: string,
  functions: FunctionSpec[],
  nextBus: () => number,
): void {
  const secondary = hex(nextBus())
  functions.push(switchUp(`0000:${bus}:00.0`, { secondary, mfd: management }))
  if (management) functions.push(endpoint(`0000:${bus}:00.1`, { mfd: true }))
  ports.forEach((port, device) => {
    const own = hex(nextBus())
    functions.push(
      switchDown(`0000:${secondary}:${hex(device)}.0`, { secondary: own, acs: port.acs }),
    )
    addPart(port.below, own, functions, nextBus)
  })
}

function counter(start: number): () => number {
  let next = start
  return () => next++
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
