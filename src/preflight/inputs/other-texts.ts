/** A text that describes no VM, and where it belongs. */
interface OtherText {
  readonly is: (text: string) => boolean
  /** What it is, as the end of "Cannot read the description in FILE:". */
  readonly problem: string
  readonly hint: string
}

const OTHERS: readonly OtherText[] = [
  {
    is: (text) => /^pci: *\S/m.test(text) && /^\s+map /m.test(text),
    problem: 'it holds resource mappings of Proxmox, and no VM',
    hint: 'They go with the VM that names one: --vm /etc/pve/qemu-server/VMID.conf --pve-mapping FILE',
  },
  {
    is: (text) => LSPCI.test(text),
    problem: 'it is a listing of lspci, and no VM',
    hint: 'It is read as a copy of a host: --capture FILE',
  },
  {
    is: isLog,
    problem: 'it is a log without the command line of a VM',
    hint: 'What its messages mean: vfio-reset explain < FILE',
  },
]

/** What a text is that is in no form of a description; undefined: that is not seen. */
export function otherText(text: string): OtherText | undefined {
  return OTHERS.find(({ is }) => is(text))
}

const LSPCI =
  /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7] [^\n]{1,200}\n\t(?:Subsystem|Control|Flags|DeviceName): /im

/** Seconds of the kernel, times of syslog and of ISO 8601, the words of QEMU and libvirt before an error. */
const LOG_LINE =
  /^(?:<\d{1,3}>)?\[ *\d{1,8}\.\d{3,9}\]|^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |^\s{0,4}\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^(?:error|TASK ERROR|LibvirtError|Error)\b|\bvfio(?:-pci|_\w{1,40})? [^\n]{0,80}: /

function isLog(text: string): boolean {
  return text.split('\n', 2000).some((line) => LOG_LINE.test(line) || isMessageOfQemu(line))
}

/** `qemu-system-x86_64: -device vfio-pci,host=…: vfio 0000:…`: QEMU repeats the option that it complains of. */
export function isMessageOfQemu(line: string): boolean {
  return MESSAGE.test(line)
}

const MESSAGE = /(?:^|[\s/])(?:qemu-system-[\w.-]{1,30}|qemu-kvm|kvm|qemu): /

/** Whether a line is a message and no command: the name of a VM (`-name "my kvm: one"`) may look like the beginning of one. */
export function isOnlyMessage(line: string): boolean {
  const start = line.search(MESSAGE)
  return start >= 0 && !/["'`$]|(?:^|\s)--?[A-Za-z]/.test(line.slice(0, start))
}
