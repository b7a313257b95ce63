import { alternatives } from '../../text/english.js'
import { isDriverctlList, isUnraidList, parseDriverctlList, parseUnraidList } from './bind-lists.js'
import { isCdiSpec, readCdiSpec } from './cdi.js'
import { isCloudHypervisor, parseCloudHypervisor } from './cloud-hypervisor.js'
import { isCloudHypervisorConfig, readCloudHypervisorConfig } from './cloud-hypervisor-config.js'
import { isCrosvm, isCrosvmConfig, parseCrosvm, readCrosvmConfig } from './crosvm.js'
import { isIncusConfig, readIncusConfig } from './incus.js'
import { type InputText, inputText } from './input-text.js'
import { isKubeVirtObject, readKubeVirt } from './kubevirt.js'
import { parseLibvirtDomain } from './libvirt-domain.js'
import { isNovaConfig, parseNovaConfig } from './nova.js'
import { otherText } from './other-texts.js'
import { isProxmoxConfig, parseProxmoxConfig } from './proxmox-config.js'
import { isQemu, parseQemuCommandLine } from './qemu-command-line.js'
import { isQemuConfig, parseQemuConfig } from './qemu-config.js'
import { listAt, type Value } from './structured.js'
import { type InputProblem, isInputProblem, MOST_DEVICES, type VmInput } from './vm-input.js'

/** A form in which VMs are described, and how it is read. */
interface Format {
  readonly id: string
  /** The option that takes this format and no other program's; null: `--vm` alone. */
  readonly option: 'libvirt' | 'qemu' | 'proxmox' | 'cloud-hypervisor' | null
  /** What it is, after "a". */
  readonly words: string
  /** Where such a text comes from. */
  readonly hint: string
  /** What of it is read, in the words of the format. */
  readonly reads: string
  /** Whether a text is in this format, by its content. */
  readonly recognise: (text: InputText) => boolean | Promise<boolean>
  readonly parse: (text: InputText) => Parsed | Promise<Parsed>
}

type Parsed = readonly VmInput[] | InputProblem

/** Every format, those first whose marks no other has. */
export const FORMATS = [
  {
    id: 'libvirt',
    option: 'libvirt',
    words: 'libvirt domain',
    hint: '`virsh dumpxml NAME` prints what is expected.',
    reads:
      "`<hostdev>` of PCI functions, `<interface type='hostdev'>`, disks on an NVMe controller, `<qemu:commandline>` as QEMU reads it; `managed`, `iommufd` of the domain and of a device, `<driver name=… model=…>`, `<vf-token>`; `<interface type='network'>` by `etc/libvirt/qemu/networks/NAME.xml` of the host. An element alone will do; no entities, no DOCTYPE. unRAID, TrueNAS, virt-manager and GNOME Boxes write such domains",
    recognise: ({ text }) => /^\s*</.test(text),
    parse: ({ text }) => one(parseLibvirtDomain(text)),
  },
  {
    id: 'qemu-config',
    option: 'qemu',
    words: 'QEMU configuration file',
    hint: 'A file for -readconfig is expected, with groups such as [device "hostdev0"].',
    reads: '`[device]` and `[drive]` of a file for `-readconfig`',
    recognise: ({ text }) => isQemuConfig(text),
    parse: ({ text }) => one(parseQemuConfig(text)),
  },
  {
    id: 'nova',
    option: null,
    words: 'Nova configuration',
    hint: 'A nova.conf with [pci] device_spec is expected.',
    reads:
      '`[pci] device_spec` and `passthrough_whitelist`: IDs, addresses with `*`, simple patterns; each function that matches is judged as going to a VM of its own',
    recognise: ({ text }) => isNovaConfig(text),
    parse: async ({ text }) => one(await parseNovaConfig(text)),
  },
  {
    id: 'unraid-list',
    option: null,
    words: 'vfio-pci.cfg of unRAID',
    hint: 'Its line BIND=0000:0a:00.0|10de:2204 … is expected.',
    reads:
      '`BIND=` with addresses and their IDs; the functions of an IOMMU group are judged as going to one VM, each group to one of its own',
    recognise: ({ text }) => isUnraidList(text),
    parse: ({ text }) => [parseUnraidList(text)],
  },
  {
    id: 'driverctl-list',
    option: null,
    words: 'list of driverctl',
    hint: '`driverctl list-overrides` prints what is expected.',
    reads:
      'functions that `driverctl list-overrides`, or `list-devices` with its mark `[*]`, shows on a driver of VFIO; judged as the list of unRAID is',
    recognise: ({ text }) => isDriverctlList(text),
    parse: ({ text }) => [parseDriverctlList(text)],
  },
  {
    id: 'kubevirt',
    option: null,
    words: 'KubeVirt object',
    hint: 'A VirtualMachine or VirtualMachineInstance is expected, best with the KubeVirt object that has permittedHostDevices.',
    reads:
      '`gpus`, `hostDevices`, `interfaces` with `sriov` and `instancetype` of a VM, VMI, replica set or pool, by the `permittedHostDevices` (mediated devices too) of a KubeVirt object in the same text or in that of a further `--vm`; PCIDeviceClaim of Harvester. Of several functions that fit each is judged',
    recognise: (text) => isDocument(text, isKubeVirt),
    parse: (text) => ofDocuments(text, (documents) => readKubeVirt(documents)),
  },
  {
    id: 'cdi',
    option: null,
    words: 'CDI specification',
    hint: 'A file such as those in /etc/cdi is expected.',
    reads:
      '`deviceNodes`: `/dev/vfio/N` is all functions of the group, `/dev/vfio/devices/vfioN` one',
    recognise: (text) => isDocument(text, isCdiSpec),
    parse: (text) => ofDocuments(text, (all) => all.flatMap(readCdiSpec)),
  },
  {
    id: 'incus',
    option: null,
    words: 'Incus or LXD configuration',
    hint: '`incus config show --expanded NAME` prints what is expected.',
    reads:
      '`devices`, or `expanded_devices`, of type `pci`, `gpu` (`pci`, `vendorid` with `productid`; `sriov` is a VF of `pci`), `nic` and `infiniband` (`physical`, `sriov`)',
    recognise: (text) => isDocument(text, isIncusConfig),
    parse: (text) => ofDocuments(text, (all) => all.flatMap(readIncusConfig)),
  },
  {
    id: 'cloud-hypervisor-config',
    option: 'cloud-hypervisor',
    words: 'Cloud Hypervisor configuration',
    hint: 'The JSON of vm.create is expected, with devices[].path.',
    reads: '`devices[].path` of `vm.create`, or one device of `vm.add-device`; `platform.iommufd`',
    recognise: (text) => isDocument(text, isCloudHypervisorConfig),
    parse: (text) => ofDocuments(text, (all) => all.flatMap(readCloudHypervisorConfig)),
  },
  {
    id: 'crosvm-config',
    option: null,
    words: 'crosvm configuration',
    hint: 'The JSON of `crosvm run --cfg` is expected, with vfio.',
    reads: '`vfio` of a file for `--cfg`',
    recognise: (text) => isDocument(text, isCrosvmConfig),
    parse: (text) => ofDocuments(text, (all) => all.flatMap(readCrosvmConfig)),
  },
  {
    id: 'proxmox',
    option: 'proxmox',
    words: 'Proxmox configuration',
    hint: 'A file such as /etc/pve/qemu-server/100.conf is expected.',
    reads:
      '`hostpciN` (without a function number all of the device), `mapping=` by `etc/pve/mapping/pci.cfg` of the host or `--pve-mapping FILE`, and `args:` as QEMU reads it. Snapshots and pending changes do not count',
    recognise: ({ text }) => isProxmoxConfig(text),
    parse: ({ text }) => one(parseProxmoxConfig(text)),
  },
  {
    id: 'crosvm',
    option: null,
    words: 'crosvm command line',
    hint: 'A command line with --vfio /sys/bus/pci/devices/… is expected.',
    reads: '`--vfio PATH`',
    recognise: ({ words }) => isCrosvm(words()),
    parse: ({ text }) => one(parseCrosvm(text)),
  },
  {
    id: 'cloud-hypervisor',
    option: 'cloud-hypervisor',
    words: 'Cloud Hypervisor command line',
    hint: 'A command line with --device path=/sys/bus/pci/devices/… is expected.',
    reads: '`--device path=…`, `--platform iommufd=on`, `ch-remote … add-device`',
    recognise: ({ words }) => isCloudHypervisor(words()),
    parse: ({ text }) => one(parseCloudHypervisor(text)),
  },
  {
    id: 'qemu',
    option: 'qemu',
    words: 'QEMU command line',
    hint: 'A command line as `ps`, /proc/PID/cmdline or the log in /var/log/libvirt/qemu has it is expected.',
    reads:
      '`-device vfio-pci` with `host` or `sysfsdev`, `iommufd`, `fd` and `vf-token`, as options or JSON; NVMe controllers of `-drive` and `-blockdev`. A script, a line of `ps`, `/proc/PID/cmdline`, or a log of libvirt, of which the last start counts',
    recognise: ({ words }) => isQemu(words()),
    parse: ({ text }) => one(parseQemuCommandLine(text)),
  },
] as const satisfies readonly Format[]

export type FormatId = (typeof FORMATS)[number]['id']

/** The options that take one program's formats. */
export type FormatOption = NonNullable<Format['option']>

/** One VM that a text describes, or several. */
export interface Description {
  readonly format: FormatId
  readonly vms: readonly VmInput[]
  /** Of a format whose texts refer to each other what was read; none of the others. */
  readonly documents: readonly Value[]
}

/** Descriptions that are given together: an object of KubeVirt in one says what the VMs of another get. */
export function readTogether<T extends Description>(descriptions: readonly T[]): readonly T[] {
  const all = descriptions.flatMap(({ documents }) => documents)
  return descriptions.map((each) =>
    each.format === 'kubevirt' ? { ...each, vms: readKubeVirt(each.documents, all) } : each,
  )
}

/** What is wrong with a text, as the end of "Cannot read the … in FILE:"; `words` null: it is in no format. */
export interface DescriptionProblem extends InputProblem {
  readonly words: string | null
  readonly hint: string
}

/** Reads a text in the format that it is in. `option`: only those of one program are tried; null: all. */
export async function describedBy(
  text: string,
  option: FormatOption | null,
): Promise<Description | DescriptionProblem> {
  const input = inputText(text)
  const tried = FORMATS.filter((each) => option === null || each.option === option)
  const found = await recognised(input, tried)
  const other = found === undefined ? otherText(text) : undefined
  if (other !== undefined)
    return { problem: other.problem, line: null, words: null, hint: other.hint }
  const format = found ?? (option === null ? undefined : tried.at(-1))
  if (format === undefined) return unknownFormat(text)
  const { id, words, hint } = format
  const vms = await format.parse(input)
  if (isInputProblem(vms)) return { ...vms, words, hint }
  const most = Math.max(0, ...vms.map(({ devices }) => devices.length))
  if (most <= MOST_DEVICES) {
    const documents = id === 'kubevirt' ? await input.documents() : []
    return { format: id, vms, documents: isInputProblem(documents) ? [] : documents }
  }
  const problem = `it gives ${most} functions to one VM, and ${MOST_DEVICES} is the most`
  return { problem, line: null, words, hint }
}

async function recognised<T extends Format>(
  input: InputText,
  formats: readonly T[],
): Promise<T | undefined> {
  for (const format of formats) if (await format.recognise(input)) return format
  return undefined
}

function unknownFormat(text: string): DescriptionProblem {
  const names = FORMATS.map(({ words }) => words)
  const isEmpty = text.trim() === ''
  return {
    problem: isEmpty ? 'it is empty' : 'it is in no form of a description that is known here',
    line: null,
    words: null,
    hint: `Expected: a ${alternatives(names)}. What a log means: vfio-reset explain < FILE`,
  }
}

/** One object, or a list of them as `kubectl get -o yaml` prints it. */
function isKubeVirt(document: Value): boolean {
  return isKubeVirtObject(document) || listAt(document, 'items').some(isKubeVirtObject)
}

async function isDocument(
  { documents }: InputText,
  isOne: (document: Value) => boolean,
): Promise<boolean> {
  const found = await documents()
  return !isInputProblem(found) && found.some(isOne)
}

async function ofDocuments(
  { documents }: InputText,
  read: (documents: readonly Value[]) => readonly VmInput[],
): Promise<Parsed> {
  const found = await documents()
  return isInputProblem(found) ? found : read(found)
}

function one(input: VmInput | InputProblem): Parsed {
  return isInputProblem(input) ? input : [input]
}
