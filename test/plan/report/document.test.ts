import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type PciAddress, parsePciAddress } from '../../../src/host/pci-address.js'
import { jointCommands, type PlanStyle, stepCommands } from '../../../src/plan/report/commands.js'
import { planReport, wholeCommands } from '../../../src/plan/report/document.js'
import type { PlannedStep, PlanStep } from '../../../src/plan/step.js'

const found = parsePciAddress('0000:03:00.0')
if (found === undefined) throw new Error('no address')
const device = found

function commands(step: PlanStep, style: PlanStyle = 'sysfs', losses: PlannedStep['losses'] = []) {
  return stepCommands({ step, losses }, style)
}

describe('commands', () => {
  test.each<[PlanStyle, readonly string[]]>([
    [
      'sysfs',
      [
        'modprobe vfio-pci',
        'echo vfio-pci > /sys/bus/pci/devices/0000:03:00.0/driver_override',
        'echo 0000:03:00.0 > /sys/bus/pci/devices/0000:03:00.0/driver/unbind',
        'echo 0000:03:00.0 > /sys/bus/pci/drivers_probe',
      ],
    ],
    ['driverctl', ['driverctl --nosave set-override 0000:03:00.0 vfio-pci']],
    ['virsh', ['virsh nodedev-detach pci_0000_03_00_0']],
  ])('bind with %s', (style, expected) => {
    const step: PlanStep = { do: 'bind', device, from: 'igb', ids: '8086:1521' }
    expect(commands(step, style).command).toEqual(expected)
    expect(commands(step, style).undo).not.toBeNull()
  })

  test('a function without driver has none to leave', () => {
    const { command, undo } = commands({ do: 'bind', device, from: null, ids: null })
    expect(command?.some((line) => line.includes('unbind'))).toBe(false)
    expect(undo?.some((line) => line.includes('drivers_probe'))).toBe(false)
  })

  test('what shows the console goes to vfio-pci when the host boots', () => {
    const step: PlanStep = { do: 'bind', device, from: 'nvidia', ids: '10de:2204' }
    const console = [{ kind: 'host-need', need: 'console', detail: 'boot_vga' }] as const
    expect(commands(step, 'sysfs', console)).toMatchObject({ command: null, undo: null })
    expect(commands(step, 'sysfs', console).lasting).toEqual([
      "echo 'options vfio-pci ids=10de:2204' >> /etc/modprobe.d/vfio-pci.conf",
      "echo 'softdep nvidia pre: vfio-pci' >> /etc/modprobe.d/vfio-pci.conf",
      'update-initramfs -u',
      'reboot',
    ])
    expect(commands(step).lasting).toEqual(['driverctl set-override 0000:03:00.0 vfio-pci'])
  })

  test.each<PlannedStep['losses'][number]>([
    { kind: 'host-need', need: 'mounted-filesystem', detail: '/var' },
    { kind: 'host-need', need: 'active-route', detail: 'eth0' },
    { kind: 'possible-need', need: 'storage-in-use', detail: 'pool tank' },
  ])('$kind $need: what is kept has no command at all', (loss) => {
    const steps: readonly PlanStep[] = [
      { do: 'bind', device, from: 'nvme', ids: '144d:a808' },
      { do: 'unbind', device, from: 'nvme' },
      { do: 'disable-vfs', device, vfs: [] },
    ]
    for (const step of steps) {
      for (const style of ['sysfs', 'driverctl', 'virsh'] as const) {
        const none = { command: null, undo: null, lasting: null }
        expect(commands(step, style, [loss])).toEqual(none)
      }
    }
  })

  test('a driver’s name cannot run anything', () => {
    const from = "x; rm -rf / 'y"
    const { undo } = commands({ do: 'unbind', device, from })
    expect(undo).toEqual(["echo 0000:03:00.0 > '/sys/bus/pci/drivers/x; rm -rf / '\\''y/bind'"])
  })

  test('nor can the name of a device that is no PCI function', () => {
    const step: PlanStep = { do: 'unbind-other', device: null, group: 4, name: 'a$(b)', from: 'c' }
    expect(commands(step).command).toEqual([
      "echo 'a$(b)' > '/sys/kernel/iommu_groups/4/devices/a$(b)/driver/unbind'",
    ])
  })

  test('a parameter is taken off the command line, and put back', () => {
    const { command, undo } = commands({
      do: 'remove-parameter',
      device: null,
      parameter: 'intremap=off',
    })
    expect(command?.at(-1)).toBe('reboot')
    expect(command?.[0]).toContain('intremap=off')
    expect(undo?.[0]).toContain('intremap=off')
  })
})

test('a plan states cost, undo and what it does in words', () => {
  const steps: readonly PlannedStep[] = [
    {
      step: { do: 'bind', device, from: 'igb', ids: null },
      losses: [{ kind: 'driver', driver: 'igb', names: ['eth0', 'eth1'] }],
    },
    { step: { do: 'give', device, vm: 'win' }, losses: [{ kind: 'exclusive' }] },
  ]
  expect(planReport({ found: true, steps, proof: 'passes' }, 'virsh')).toMatchObject([
    {
      do: 'bind',
      cost: 'the host loses eth0 and eth1 (igb)',
      undo: 'virsh nodedev-reattach pci_0000_03_00_0',
    },
    {
      do: 'give',
      command: null,
      what: 'Give 0000:03:00.0 to VM win too.',
      cost: 'nobody else can use it while the VM runs',
    },
  ])
})

describe('steps taken in one go', () => {
  const at = (number: number): PciAddress => {
    const address = parsePciAddress(`0000:50:00.${number}`)
    if (address === undefined) throw new Error('no address')
    return address
  }
  const bind = (number: number, from: string | null): PlannedStep => ({
    step: { do: 'bind', device: at(number), from, ids: null },
    losses: [],
  })

  test('load the driver once', () => {
    const lines = jointCommands([bind(0, 'igb'), bind(1, null)], 'command')
    expect(lines.filter((line) => line.startsWith('modprobe'))).toHaveLength(1)
    expect(lines).toHaveLength(1 + 3 + 2)
  })

  test('are loops where there are many, one for each way in which they differ', () => {
    const steps = [bind(0, 'igb'), bind(1, 'igb'), bind(2, null), bind(3, null), bind(4, 'e1000e')]
    expect(jointCommands(steps, 'command')).toEqual([
      'modprobe vfio-pci',
      'for f in 0000:50:00.0 0000:50:00.1 0000:50:00.4; do',
      '  echo vfio-pci > /sys/bus/pci/devices/$f/driver_override',
      '  echo $f > /sys/bus/pci/devices/$f/driver/unbind',
      '  echo $f > /sys/bus/pci/drivers_probe',
      'done',
      'for f in 0000:50:00.2 0000:50:00.3; do',
      '  echo vfio-pci > /sys/bus/pci/devices/$f/driver_override',
      '  echo $f > /sys/bus/pci/drivers_probe',
      'done',
    ])
    expect(jointCommands(steps, 'lasting')).toEqual([
      'for f in 0000:50:00.0 0000:50:00.1 0000:50:00.2 0000:50:00.3 0000:50:00.4; do driverctl set-override $f vfio-pci; done',
    ])
  })
})

describe('commands of a whole plan', () => {
  const bind: PlannedStep = { step: { do: 'bind', device, from: 'igb', ids: null }, losses: [] }
  const byHand: PlannedStep = {
    step: { do: 'end-holder', device, pid: 7, command: 'qemu' },
    losses: [],
  }
  const typed = (steps: readonly PlannedStep[]) =>
    wholeCommands(planReport({ found: true, steps, proof: 'passes' }, 'sysfs') ?? [])

  test('are those of all steps, in order', () => {
    expect(typed([bind])[0]).toBe('modprobe vfio-pci')
    expect(typed([bind, bind])).toHaveLength(2 * typed([bind]).length)
  })

  test('are none where a step is done by hand: unbinding what is open hangs', () => {
    expect(typed([byHand, bind])).toEqual([])
    expect(typed([bind, byHand])).toEqual([])
  })
})

test('a command line for the host is spelled in no other file', () => {
  const root = new URL('../../../src/', import.meta.url)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const speakers = files.filter(
    (file) =>
      file.endsWith('.ts') &&
      /echo [^\n]* > \/?(?:\$\{|sys)|driverctl --|virsh nodedev-[dr]e|^[^`]*'modprobe |\}\s*modprobe /.test(
        readFileSync(new URL(file, root), 'utf8'),
      ),
  )
  expect(speakers).toEqual(['plan/report/commands.ts'])
})
