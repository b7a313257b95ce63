/**
 * Number of an IOMMU group, as under `/sys/kernel/iommu_groups`. It is stable until the host reboots, no longer.
 * @asType integer
 * @minimum 0
 */
export type GroupNumber = number

/**
 * Numbers of IOMMU groups, each once.
 * @uniqueItems true
 */
export type GroupNumbers = readonly GroupNumber[]

/**
 * Number of a process (pid).
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
 * Size in bytes.
 * @asType integer
 * @minimum 0
 */
export type Bytes = number

/**
 * Name of an errno, such as `EINVAL`.
 * @pattern ^E[A-Z0-9]+$
 */
export type ErrnoName = string

/** Name of a kernel driver, as under `/sys/bus/pci/drivers`: `nvidia`, `vfio-pci`. */
export type DriverName = string

/** Driver that is bound to a function; null: none. */
export type BoundDriver = DriverName | null

/** File in sysfs, procfs or dev, relative to the root of the tree, without a leading slash. */
export type TreeFile = string

/**
 * A day in ISO 8601, such as `2023-03-15`.
 * @pattern ^\d{4}-\d{2}-\d{2}$
 */
export type Day = string
