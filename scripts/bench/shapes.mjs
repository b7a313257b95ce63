import {
  conventionalCards,
  graphics,
  networkCard,
  networkCardBeyond,
  openDomain,
  rootEndpoint,
  ssd,
  switchOfFour,
} from './blocks.mjs'
import { createPlan } from './host-plan.mjs'
import { MODELS } from './models.mjs'
import { shuffled } from './random.mjs'

/** The shapes by name: how `count` functions are laid out. */
export const SHAPES = {
  /** A virtualisation server: half of the functions are VFs, a quarter are ports. */
  mixed: (plan, count) => fill(plan, count, MIX),
  /** Switches full of SSDs, no VF at all: every function has its own configuration space to be looked at. */
  switches: (plan, count) => fill(plan, count, [switchOfFour]),
  /** All functions in one IOMMU group, behind one bridge from PCIe to PCI. */
  'one-group': oneGroup,
  /** Buses of 256 functions, the most that one can have, each bus one group. */
  'one-bus': oneBus,
  /** Cards of one PF with 255 VFs, the most that one bus can have. */
  'one-pf': (plan, count) => onePf(plan, count),
  /** Chains of 250 switch ports, one below the other, with one SSD at the end. */
  deep,
}

const MIX = [
  ...Array(4).fill(ssd),
  ...Array(2).fill(graphics),
  ...Array(2).fill(switchOfFour),
  ...Array(2).fill(networkCard(2, 8)),
  networkCardBeyond(16),
  conventionalCards,
]

/** A host of exactly `count` functions. */
export function planHost({ shape, count, seed }) {
  const plan = createPlan({ seed })
  SHAPES[shape](plan, count)
  if (plan.functions.length !== count) {
    throw new Error(`shape ${shape} made ${plan.functions.length} functions instead of ${count}`)
  }
  return plan
}

/** Blocks in turn, in an order that the seed decides, until all functions are there. */
function fill(plan, count, blocks) {
  let queue = []
  while (plan.functions.length < count) {
    const room = count - plan.functions.length
    if (plan.currentDomain() === undefined) openDomain(plan, room)
    else if (room < 40) addLast(plan, room, blocks)
    else {
      if (queue.length === 0) queue = shuffled(blocks, plan.random)
      queue.pop().add(plan)
    }
  }
}

function addLast(plan, room, blocks) {
  const fitting = [...blocks, ssd, rootEndpoint].filter(({ size }) => size <= room)
  const largest = Math.max(...fitting.map(({ size }) => size))
  fitting.find(({ size }) => size === largest).add(plan)
}

/** Functions that one bus can have. */
const BUS_IS_FULL = 256

function oneGroup(plan, count) {
  openDomain(plan, 0)
  const group = plan.newGroup()
  let left = count - 3
  const fillBus = (bus) => {
    const here = Math.min(left, BUS_IS_FULL)
    addMany(plan, bus, MODELS.conventional, { count: here, group })
    left -= here
  }
  const fillBridges = (inner) => {
    for (let place = 0; left > 1; place += 1) {
      left -= 1
      const at = { device: place >> 3, fn: place & 7, group, multifunction: true }
      plan.addBridge(inner, MODELS.conventionalBridge, at, fillBus)
    }
    if (left === 1) addMany(plan, inner, MODELS.conventional, { count: 1, group, first: 255 })
  }
  plan.addRootPort(MODELS.rootPort, (bus) =>
    plan.addBridge(bus, MODELS.pcieToPci, { group }, fillBridges),
  )
}

function oneBus(plan, count) {
  openDomain(plan, 0)
  while (plan.functions.length < count) {
    if (plan.currentDomain() === undefined) openDomain(plan, 0)
    const here = Math.min(count - plan.functions.length - 1, BUS_IS_FULL)
    if (here < 1) rootEndpoint.add(plan)
    else {
      plan.addRootPort(MODELS.rootPort, (bus) =>
        addMany(plan, bus, MODELS.manyFunctions, { count: here, group: plan.newGroup() }),
      )
    }
  }
}

function onePf(plan, count) {
  while (plan.functions.length < count) {
    if (plan.currentDomain() === undefined) openDomain(plan, 0)
    const room = count - plan.functions.length
    if (room < 3) rootEndpoint.add(plan)
    else networkCard(1, Math.min(room - 2, BUS_IS_FULL - 1)).add(plan)
  }
}

function addMany(plan, bus, model, { count, group, first = 0 }) {
  for (let number = first; number < first + count; number += 1) {
    const driver = plan.random() < 0.5 ? 'vfio-pci' : model.driver
    plan.add(bus, model, {
      device: number >> 3,
      fn: number & 7,
      group,
      driver,
      multifunction: true,
    })
  }
}

const CHAIN = 250

function deep(plan, count) {
  while (plan.functions.length < count) {
    const room = count - plan.functions.length
    openDomain(plan, 0)
    if (room === 2) rootEndpoint.add(plan)
    if (room < 3) continue
    const ports = Math.min(room - 2, CHAIN)
    const nest = (bus, depth) => {
      if (depth === ports) return plan.add(bus, MODELS.nvme, { driver: 'vfio-pci' })
      const model = depth % 2 === 1 ? MODELS.switchUp : MODELS.switchDown
      return plan.addBridge(bus, model, {}, (inner) => nest(inner, depth + 1))
    }
    plan.addRootPort(MODELS.rootPort, (bus) => nest(bus, 1))
  }
}
