import { isModuleName } from './plain-names.js'
import { redactCommandLine } from './redact-command-line.js'
import { redactMappings, redactNode } from './redact-mappings.js'
import { redactWords } from './redact-names.js'
import { redactNetwork } from './redact-network.js'
import { redactRelease, redactVersion } from './redact-release.js'
import type { Redactor } from './redaction.js'

type Redact = (text: string, redactor: Redactor) => string

/** Files that hold more than words of the kernel, and how each is made plain. */
const FILES: readonly (readonly [path: RegExp, redact: Redact])[] = [
  [/^proc\/cmdline$/, redactCommandLine],
  [/^proc\/version$/, redactVersion],
  [/^proc\/sys\/kernel\/osrelease$/, redactRelease],
  [/^proc\/\d+\/comm$/, redactCommand],
  [/^proc\/\d+\/fdinfo\/\d+$/, redactFileInfo],
  [/^proc\/net\/(?:ipv6_)?route$/, redactRoutes],
  [/^etc\/pve\/mapping\/pci\.cfg$/, redactMappings],
  [/^proc\/sys\/kernel\/hostname$/, redactNode],
  [/^etc\/libvirt\/qemu\/networks\/[^/]+\.xml$/, redactNetwork],
  [/\/uevent$/, redactUevent],
  [/\/(?:resource|reserved_regions)$/, redactRegions],
]

/** The text of a file, in which everything is replaced that is not known to be the same on other hosts. */
export function redactFile(path: string, text: string, redactor: Redactor): string {
  const body = text.trimEnd()
  const redact = FILES.find(([pattern]) => pattern.test(path))?.[1] ?? redactWords
  return redact(body, redactor) + text.slice(body.length)
}

/** Programs that hold VFIO files on many hosts, as `comm` cuts their names: they tell nothing about one of them. */
const PROGRAMS =
  /^(?:qemu-(?:system-(?:x86|x86_|aar|aarc|ppc|s39|ris)?|kvm|kvm-spice)|qemu|kvm|kvm-spice|libvirtd|virtqemud|cloud-hyperviso|cloud-hyp|crosvm|firecracker|dpdk-testpmd|testpmd|spdk_tgt|reactor_\d{1,3}|vfio-reset|vfio-pci|containerd|containerd-shim|nvidia-persiste|nvidia-smi|nvidia-vgpu-mgr|systemd-udevd|driverctl)$/

function redactCommand(name: string, redactor: Redactor): string {
  return name === '' || PROGRAMS.test(name) ? name : redactor.replace('command', name)
}

/** Only the function is read; the rest says where in what the file is. */
function redactFileInfo(text: string, redactor: Redactor): string {
  const lines = text.split('\n').filter((line) => line.startsWith('vfio-device-syspath:'))
  return lines.map((line) => redactWords(line, redactor)).join('\n')
}

/** Routes: flags are a number of eight digits, as nothing else is that tells nothing. */
function redactRoutes(text: string, redactor: Redactor): string {
  const lines = text.split('\n').map((line) => {
    // `rt6_info_route` prints ten columns with the flags before the name, `fib_route_seq_show` eleven.
    const words = line.split(/(\s+)/)
    const flags = words.filter((word) => /\S/.test(word)).length === 10 ? 16 : -1
    return words
      .map((word, at) => (at === flags && FLAGS.test(word) ? word : redactWords(word, redactor)))
      .join('')
  })
  return lines.join('\n')
}

const FLAGS = /^[0-9a-f]{8}$/i

const MODALIAS = /^MODALIAS=pci(?::)?[vdsbcip0-9A-F]{8,64}$/i
const CLASS = /^PCI_CLASS=[0-9A-F]{1,6}$/i

function redactUevent(text: string, redactor: Redactor): string {
  const lines = text.split('\n').map((line) => {
    if (MODALIAS.test(line) || CLASS.test(line)) return line
    const driver = line.startsWith('DRIVER=') ? line.slice('DRIVER='.length) : ''
    return isModuleName(driver) ? line : redactWords(line, redactor)
  })
  return lines.join('\n')
}

/** Addresses of 64 bits, as nothing else has them. */
const REGION = /^0x[0-9a-f]{16} 0x[0-9a-f]{16} (?:0x[0-9a-f]{16}|[a-z-]{1,20})$/

function redactRegions(text: string, redactor: Redactor): string {
  const lines = text.split('\n')
  return lines.map((line) => (REGION.test(line) ? line : redactWords(line, redactor))).join('\n')
}
