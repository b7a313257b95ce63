/**
 * Number of an IOMMU group, as under `/sys/kernel/iommu_groups`.
 * @asType integer
 * @minimum 0
 */
export type GroupNumber = number

/**
 * Number of a process.
 * @asType integer
 * @minimum 1
 */
export type ProcessId = number

/**
 * How many there are, or the place in a list.
 * @asType integer
 * @minimum 0
 */
export type Count = number

/**
 * Name of an errno.
 * @pattern ^E[A-Z0-9]+$
 */
export type ErrnoName = string
