/** Classes below `sys/class` whose members' names people use for the functions that carry them: `eth0`, `nvme0n1`. */
export const NAMED_CLASSES = ['net', 'block', 'nvme', 'drm', 'infiniband', 'scsi_host'] as const
