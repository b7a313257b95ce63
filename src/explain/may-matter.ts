/** Words of which every known text has at least one (a test holds that), and those of texts that look as if they belonged here. */
const TOPIC =
  /vfio|reset|iommu|rmrr|not ready|power|flr|0x3b|pciehp|slot\(|link active|remap|interrupt|token|capability|\bgroup\b|config space|endpoint|device|pci dev|qemu|1:1 |parent|irq_num|enospc|passthrough|hostpci|ioas|peer-to-peer|\/config/i

/** journald writes a message with unprintable characters as a list of bytes, in which no word can be seen. */
const HIDDEN = /"MESSAGE" ?: ?\[/

/** Whether a line of a log is worth a closer look. Of a log of a whole boot, most are not. */
export function mayMatter(line: string): boolean {
  return TOPIC.test(line) || HIDDEN.test(line)
}
