import { isStated } from '../document/stated.js'
import { codeSpan, markdownText, toFillIn } from '../text/markdown.js'
import { summaryLines } from './bug-report-facts.js'
import type { BugContext } from './context.js'

/** Tracker whose template a bug report fills in. */
export type TrackerId = 'qemu' | 'kernel' | 'libvirt' | 'proxmox' | 'kubevirt'

/** How one tracker wants its reports. */
export interface Tracker {
  readonly name: string
  /** Where reports go. */
  readonly where: string
  readonly sections: readonly Section[]
}

interface Section {
  readonly title: string
  /** `facts`: everything that was read. */
  readonly body: 'facts' | ((context: BugContext) => readonly string[])
}

function section(title: string, body: Section['body']): Section {
  return { title, body }
}

const SYSTEM = ' - Operating system: '
const STEPS: Section = section('Steps to reproduce', () => ['1. ', '2. ', '3. '])
const PROBLEM: Section = section('Description of problem', (context) => [
  toFillIn('What happened, with the exact message, and what you expected instead.'),
  '',
  ...summaryLines(context),
])
const FACTS: Section = { title: 'Additional information', body: 'facts' }

/** Sections after each project's own template; headings and their order are theirs. */
export const TRACKERS: Readonly<Record<TrackerId, Tracker>> = {
  qemu: {
    name: 'QEMU',
    where: 'https://gitlab.com/qemu-project/qemu/-/issues',
    sections: [
      section('Host environment', (context) => [
        SYSTEM + toFillIn('Debian 13, Fedora 44, ...'),
        ` - OS/kernel version: ${kernelText(context)} ${toFillIn('paste `uname -a`')}`,
        ` - Architecture: ${archText(context)}`,
        ` - QEMU flavor: ${toFillIn('qemu-system-x86_64, ...')}`,
        ` - QEMU version: ${toFillIn('`qemu-system-x86_64 --version`')}`,
        ' - QEMU command line:',
        ...pasted('the smallest one that shows it; /var/log/libvirt/qemu/GUEST.log has it').map(
          (line) => `   ${line}`,
        ),
      ]),
      section('Emulated/Virtualized environment', () => [
        SYSTEM + toFillIn('the guest'),
        ` - OS/kernel version: ${toFillIn('`uname -a` of the guest')}`,
        ` - Architecture: ${toFillIn('x86, ARM, ...')}`,
      ]),
      PROBLEM,
      STEPS,
      FACTS,
      section('Logs', () => [
        attached(
          'kernel log around the reset',
          '`dmesg` or `journalctl -k`: lines on vfio, pci, iommu, pciehp',
        ),
        attached(
          'QEMU trace',
          'started with `-trace "vfio_pci_hot_reset*" -trace "vfio_pci_reset*"`',
        ),
        attached('domain XML', '`virsh dumpxml GUEST`, if libvirt runs it'),
        attached('lspci', '`lspci -nnvvxxx` as root'),
        '',
        '/label ~"kind::Bug"',
      ]),
    ],
  },
  kernel: {
    name: 'Linux kernel',
    where: 'kvm@vger.kernel.org, linux-pci@vger.kernel.org, or https://bugzilla.kernel.org',
    sections: [
      { ...PROBLEM, title: 'Summary' },
      section('Kernel', (context) => [
        ` - Release: ${kernelText(context)}, ${archText(context)} ${toFillIn('paste `uname -a`')}`,
        ` - Distribution: ${toFillIn('and whether the kernel is its own or mainline')}`,
        ` - Last release that worked: ${toFillIn('is it a regression?')}`,
        ` - Bisected to: ${toFillIn('commit, if you bisected')}`,
        ` - Tainted: ${toFillIn('`cat /proc/sys/kernel/tainted`')}`,
      ]),
      STEPS,
      { ...FACTS, title: 'Hardware and state' },
      section('Attachments', () => [
        attached('kernel log', 'the whole `dmesg`, from boot to after the reset'),
        attached('lspci -vv', '`lspci -nnvv` as root'),
        attached('kernel configuration', '/boot/config-RELEASE or /proc/config.gz'),
        attached(
          'user of VFIO',
          'QEMU or other command line and version, with a trace of its VFIO calls',
        ),
      ]),
    ],
  },
  libvirt: {
    name: 'libvirt',
    where: 'https://gitlab.com/libvirt/libvirt/-/issues',
    sections: [
      section('Software environment', (context) => [
        SYSTEM + toFillIn('Debian 13, Fedora 44, ...'),
        ` - Architecture: ${archText(context)}`,
        ` - kernel version: ${kernelText(context)}`,
        ` - libvirt version: ${toFillIn('`virsh version`')}`,
        ` - Hypervisor and version: ${toFillIn('`qemu-system-x86_64 --version`')}`,
      ]),
      PROBLEM,
      STEPS,
      FACTS,
      section('Logs', () => [
        attached('domain XML', '`virsh dumpxml GUEST`'),
        attached('log of the guest', '/var/log/libvirt/qemu/GUEST.log'),
        attached('log of the daemon', '`journalctl -u virtqemud` or `-u libvirtd`'),
        attached('node devices', '`virsh nodedev-dumpxml pci_0000_bb_dd_f` of each function above'),
        attached('kernel log', '`journalctl -k`: lines on vfio, pci, iommu'),
      ]),
    ],
  },
  proxmox: {
    name: 'Proxmox VE',
    where: 'https://forum.proxmox.com or https://bugzilla.proxmox.com',
    sections: [
      PROBLEM,
      section('Environment', (context) => [
        ` - Kernel: ${kernelText(context)}, ${archText(context)}`,
        ` - Boot loader: ${toFillIn('GRUB or systemd-boot: `proxmox-boot-tool status`')}`,
        attached('versions', '`pveversion -v`'),
        attached('VM configuration', '`qm config VMID`'),
        attached('start command', '`qm showcmd VMID --pretty`'),
      ]),
      STEPS,
      FACTS,
      section('Logs', () => [
        attached('task log of the failed start', 'from the web interface'),
        attached('system log', '`journalctl -b`: lines on vfio, pci, iommu, pvedaemon'),
        attached('lspci', '`lspci -nnk`'),
      ]),
    ],
  },
  kubevirt: {
    name: 'KubeVirt',
    where: 'https://github.com/kubevirt/kubevirt/issues',
    sections: [
      { ...PROBLEM, title: 'What happened' },
      { title: 'What you expected to happen', body: () => [toFillIn('one sentence')] },
      { title: 'How to reproduce it', body: STEPS.body },
      { title: 'Additional context', body: 'facts' },
      section('Environment', (context) => [
        ` - KubeVirt version: ${toFillIn('`virtctl version`')}`,
        ` - Kubernetes version: ${toFillIn('`kubectl version`')}`,
        ` - VM or VMI specifications: ${toFillIn('with spec.domain.devices.hostDevices or gpus')}`,
        ` - permittedHostDevices: ${toFillIn('`kubectl get kubevirt -n kubevirt -o yaml`')}`,
        ` - Cloud provider or hardware configuration: ${toFillIn('of the node')}`,
        ` - OS of the node: ${toFillIn('from /etc/os-release')}`,
        ` - Kernel of the node: ${kernelText(context)}, ${archText(context)}`,
        attached('logs', 'of virt-launcher (container compute) and virt-handler on that node'),
      ]),
    ],
  },
}

function kernelText({ report }: BugContext): string {
  const { kernelRelease } = report.host
  return isStated(kernelRelease)
    ? `Linux ${codeSpan(kernelRelease)}`
    : toFillIn('not recorded: `uname -r`')
}

function archText({ report }: BugContext): string {
  const { arch } = report.host
  return isStated(arch) ? markdownText(arch) : toFillIn('`uname -m`')
}

/** A block to paste something into. */
function pasted(what: string): string[] {
  return ['```', `(${what})`, '```']
}

/** A line for something that the tool does not collect. */
function attached(what: string, how: string): string {
  return ` - ${what}: ${toFillIn(how)}`
}
