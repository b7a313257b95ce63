import { NEED_WORDS } from '../../host/need-words.js'
import { counted, listed, some } from '../../text/english.js'
import type { Loss, PlanStep } from '../step.js'

type StepWords = {
  readonly [K in PlanStep['do']]: (step: Extract<PlanStep, { readonly do: K }>) => string
}

/** What a step does, as an instruction. */
const STEP_WORDS: StepWords = {
  bind: ({ device }) => `Bind ${device} to vfio-pci, once nothing uses it.`,
  unbind: ({ device, from }) => `Unbind ${device} from ${from}; it needs no other driver.`,
  'unbind-other': ({ name, from }) => `Unbind ${name}, which is no PCI function, from ${from}.`,
  'disable-vfs': ({ device, vfs }) => `Switch off ${counted(vfs.length, 'VF')} of ${device}.`,
  give: ({ device, vm }) => `Give ${device} to ${vmName(vm)} too.`,
  'give-once': ({ device }) => `Give ${device} to the VM once only.`,
  withhold: ({ device, vm }) => `Take ${device} from ${vmName(vm)}, or run one VM at a time.`,
  'end-holder': ({ device, pid, command }) =>
    `Stop ${command === '' ? 'the process' : command} (pid ${pid}), which has ${device} or its group open.`,
  'use-way': ({ way }) =>
    way === 'group'
      ? 'Open the functions through their group: no iommufd in the description of the VM.'
      : 'Open the functions through iommufd. QEMU: -object iommufd,id=iommufd0 and iommufd=iommufd0 at each vfio-pci. libvirt: <driver iommufd="yes"/> at each <hostdev>.',
  'state-token': ({ device, pf }) =>
    `Give the token that the user of ${pf} has set: vf-token=UUID at ${device}.`,
  'omit-token': ({ device }) => `Leave the VF token of ${device} out.`,
  'allow-unsafe-interrupts': () =>
    'Allow functions whose interrupts are not isolated, if interrupt remapping cannot be switched on.',
  'add-parameter': ({ parameter }) =>
    `Add ${parameter} to the kernel command line and reboot. (With systemd-boot on Proxmox: /etc/kernel/cmdline and proxmox-boot-tool refresh; with grubby: --args.)`,
  'remove-parameter': ({ parameter }) =>
    `Remove ${parameter} from the kernel command line and reboot. (With systemd-boot on Proxmox: /etc/kernel/cmdline and proxmox-boot-tool refresh; with grubby: --remove-args.)`,
  'enable-in-firmware': () =>
    'Switch the IOMMU on in the firmware setup (VT-d, AMD-Vi) and reboot.',
}

export function stepSentence(step: PlanStep): string {
  return wordsOf(STEP_WORDS, step.do, step)
}

function wordsOf<K extends PlanStep['do']>(
  words: { readonly [E in K]: (step: Extract<PlanStep, { readonly do: E }>) => string },
  kind: K,
  step: Extract<PlanStep, { readonly do: K }>,
): string {
  return words[kind](step)
}

/** What a step costs, as a sentence without a stop: `the host loses eth0 (e1000e)`. */
export function lossText(loss: Loss): string {
  switch (loss.kind) {
    case 'driver':
      return `the host loses ${namesText(loss.names, loss.driver)}`
    case 'host-need':
      return `the host loses its ${NEED_WORDS[loss.need].noun} (${loss.detail})`
    case 'possible-need':
      return `the host may lose its ${NEED_WORDS[loss.need].noun} (${loss.detail})`
    case 'domain':
      return `${some(loss.functions, 8)} cease to exist, with whatever is on them`
    case 'vfs':
      return `${counted(loss.vfs.length, 'VF')} and whoever uses ${loss.vfs.length === 1 ? 'it' : 'them'}`
    case 'reboot':
      return 'a reboot of the host'
    case 'exclusive':
      return 'nobody else can use it while the VM runs'
    case 'process':
      return `whatever ${loss.command === '' ? 'the process' : loss.command} does`
    case 'other-vm':
      return `${vmName(loss.vm)} runs without it`
    case 'forged-interrupts':
      return 'a malicious guest can forge interrupts of the host'
  }
}

/** A VM in a sentence. */
export function vmName(name: string | null): string {
  return name === null ? 'the VM' : `VM ${name}`
}

/** `a`, `a and b` with what the host makes of functions. */
export function namesText(names: readonly string[], driver: string): string {
  return names.length === 0 ? `what ${driver} drives` : `${listed(names)} (${driver})`
}
