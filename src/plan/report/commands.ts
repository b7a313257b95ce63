import type { PciAddress } from '../../host/pci-address.js'
import { isKept, isNeedLoss } from '../host-use.js'
import type { Loss, PlannedStep, PlanStep } from '../step.js'

/** The tool in which a plan is written. */
export type PlanStyle = 'sysfs' | 'driverctl' | 'virsh'

/** What to type for a step, and what takes it back; null: no command does it, or none is given for it. */
export interface StepCommands {
  readonly command: readonly string[] | null
  readonly undo: readonly string[] | null
  /** The same so that it outlives a reboot; null: no need, or no command does it. */
  readonly lasting: readonly string[] | null
}

const NONE: StepCommands = { command: null, undo: null, lasting: null }

/**
 * The one place where commands that take a function from its driver are made. Of what the host needs none is taken while it runs:
 * a console or a keyboard goes with a reboot, and what is kept (`isKept`) not at all.
 */
export function stepCommands({ step, losses }: PlannedStep, style: PlanStyle): StepCommands {
  const isNeeded = losses.some(isNeedLoss)
  switch (step.do) {
    case 'bind':
      if (isKept(losses)) return NONE
      return isNeeded
        ? { ...NONE, lasting: bootLines(step) }
        : {
            ...bindCommands(step, style),
            lasting: [`driverctl set-override ${step.device} vfio-pci`],
          }
    case 'unbind':
      return isNeeded ? NONE : unbindCommands(step.device, step.from)
    case 'unbind-other': {
      const folder = `/sys/kernel/iommu_groups/${step.group}/devices/${step.name}`
      return { ...NONE, command: [`echo ${word(step.name)} > ${word(`${folder}/driver/unbind`)}`] }
    }
    case 'disable-vfs':
      if (isNeeded) return NONE
      return {
        ...NONE,
        command: [`echo 0 > ${folderOf(step.device)}/sriov_numvfs`],
        undo: [`echo ${step.vfs.length} > ${folderOf(step.device)}/sriov_numvfs`],
      }
    case 'allow-unsafe-interrupts':
      return unsafeCommands(step.way === 'group' ? 'vfio_iommu_type1' : 'iommufd')
    case 'add-parameter':
      return parameterCommands(addParameter(step.parameter), removeParameter(step.parameter))
    case 'remove-parameter':
      return parameterCommands(removeParameter(step.parameter), addParameter(step.parameter))
    default:
      return NONE
  }
}

/** More steps than this are a loop. */
const SPELLED_OUT = 4

/** Steps taken in one go: what each begins with is said once, and many that differ in the function alone are a loop. */
export function jointCommands(
  steps: readonly PlannedStep[],
  part: 'command' | 'lasting',
): readonly string[] {
  const begun = new Set<string>()
  const loops = new Map<string, PciAddress[]>()
  const lines = steps.flatMap((planned) => {
    const { device } = planned.step
    const [head = '', ...rest] = stepCommands(planned, 'sysfs')[part] ?? []
    const isShared = device === null || !head.includes(device)
    const own = isShared ? rest : [head, ...rest]
    const shared = isShared && head !== '' && !begun.has(head) ? [head] : []
    begun.add(head)
    if (device === null || steps.length <= SPELLED_OUT) return [...shared, ...own]
    const body = own.join('\n').replaceAll(device, '$f')
    loops.set(body, [...(loops.get(body) ?? []), device])
    return shared
  })
  return [...lines, ...[...loops].flatMap(([body, devices]) => loop(devices, body.split('\n')))]
}

function loop(devices: readonly PciAddress[], body: readonly string[]): readonly string[] {
  const head = `for f in ${devices.join(' ')}; do`
  return body.length === 1
    ? [`${head} ${body[0]}; done`]
    : [head, ...body.map((line) => `  ${line}`), 'done']
}

type BindStep = Extract<PlanStep, { readonly do: 'bind' }>

function bindCommands({ device, from }: BindStep, style: PlanStyle): StepCommands {
  if (style === 'driverctl') {
    const command = [`driverctl --nosave set-override ${device} vfio-pci`]
    return { ...NONE, command, undo: [`driverctl --nosave unset-override ${device}`] }
  }
  if (style === 'virsh') {
    const name = `pci_${device.replace(/[:.]/g, '_')}`
    const command = [`virsh nodedev-detach ${name}`]
    return { ...NONE, command, undo: [`virsh nodedev-reattach ${name}`] }
  }
  const folder = folderOf(device)
  return {
    ...NONE,
    command: [
      loadCommand('vfio-pci'),
      `echo vfio-pci > ${folder}/driver_override`,
      ...(from === null ? [] : [unbindCommand(device)]),
      `echo ${device} > /sys/bus/pci/drivers_probe`,
    ],
    undo: [
      `echo > ${folder}/driver_override`,
      unbindCommand(device),
      ...(from === null ? [] : [`echo ${device} > /sys/bus/pci/drivers_probe`]),
    ],
  }
}

/** Binds a function to any driver until the next boot; null: the host needs it as it is. */
export function overrideCommand(
  device: PciAddress,
  driver: string,
  losses: readonly Loss[],
): readonly string[] | null {
  if (losses.some(isNeedLoss)) return null
  return [`driverctl --nosave set-override ${device} ${word(driver)}`]
}

/** Loads modules. */
export function loadCommand(...modules: readonly [string, ...string[]]): string {
  return `modprobe ${modules.join(' ')}`
}

function unbindCommand(device: PciAddress): string {
  return `echo ${device} > ${folderOf(device)}/driver/unbind`
}

/** Resets a function by itself. */
export function resetCommand(device: PciAddress): string {
  return `echo 1 > ${folderOf(device)}/reset`
}

/** Names the device file of a function that is bound to vfio-pci. */
export function deviceFileCommand(device: PciAddress): string {
  return `echo /dev/vfio/devices/$(ls ${folderOf(device)}/vfio-dev)`
}

/** Switches a module's parameter on or off. */
export function switchCommand(module: string, parameter: string, value: 'Y' | 'N'): string {
  return `echo ${value} > /sys/module/${module}/parameters/${parameter}`
}

/**
 * A driver that shows the console often does not let go of the function while the host runs: vfio-pci has to be there first when
 * the host boots. The module option takes every function with those numbers.
 */
function bootLines({ from, ids }: BindStep): readonly string[] | null {
  if (ids === null || from === null) return null
  const file = '/etc/modprobe.d/vfio-pci.conf'
  return [
    `echo 'options vfio-pci ids=${ids}' >> ${file}`,
    `echo ${word(`softdep ${from} pre: vfio-pci`)} >> ${file}`,
    'update-initramfs -u',
    'reboot',
  ]
}

function unbindCommands(device: PciAddress, from: string): StepCommands {
  return {
    command: [unbindCommand(device)],
    undo: [`echo ${device} > ${word(`/sys/bus/pci/drivers/${from}/bind`)}`],
    lasting: null,
  }
}

/** Switches unsafe no-IOMMU mode off. */
export function noiommuOffCommand(): string {
  return switchCommand('vfio', 'enable_unsafe_noiommu_mode', 'N')
}

function unsafeCommands(module: string): StepCommands {
  const parameter = 'allow_unsafe_interrupts'
  return {
    command: [loadCommand(module), switchCommand(module, parameter, 'Y')],
    undo: [switchCommand(module, parameter, 'N')],
    lasting: [
      `echo 'options ${module} allow_unsafe_interrupts=1' > /etc/modprobe.d/${module}.conf`,
    ],
  }
}

/** For GRUB as Debian and its relatives have it; the step's words tell of other loaders. */
function parameterCommands(change: string, undo: string): StepCommands {
  const after = ['update-grub', 'reboot']
  return { command: [change, ...after], undo: [undo, ...after], lasting: null }
}

const GRUB = '/etc/default/grub'

function addParameter(parameter: string): string {
  return `sed -i ${word(`s/^GRUB_CMDLINE_LINUX="/&${parameter} /`)} ${GRUB}`
}

function removeParameter(parameter: string): string {
  return `sed -i ${word(`/^GRUB_CMDLINE_LINUX/s/\\b${parameter}\\b *//`)} ${GRUB}`
}

function folderOf(device: PciAddress): string {
  return `/sys/bus/pci/devices/${device}`
}

/** One word for a shell, whatever the host calls its drivers. */
function word(text: string): string {
  return /^[\w/.:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Takes the framebuffer of the firmware off its driver, which holds memory of the GPU that it is drawn with. */
export function framebufferCommand(): string {
  return 'echo efi-framebuffer.0 > /sys/bus/platform/drivers/efi-framebuffer/unbind'
}
