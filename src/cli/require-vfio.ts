import { type HostTree, isFailure } from '../host/tree/tree.js'
import { HostError } from './errors.js'

/** Throws unless this process can open VFIO's files at all; says what is missing, and the command that helps. */
export function requireVfio(
  tree: HostTree,
  { isRoot, commandLine }: { readonly isRoot: boolean; readonly commandLine: string },
): void {
  if (!isRoot) {
    throw new HostError("Only root may open VFIO's files.", {
      hint: `sudo ${commandLine}`,
      errno: 'EACCES',
    })
  }
  const hasDriver = !isFailure(tree.list('sys/bus/pci/drivers/vfio-pci'))
  const hasCore = !isFailure(tree.list('sys/module/vfio_pci_core'))
  if (!hasDriver && !hasCore) {
    throw new HostError('vfio-pci is not loaded.', {
      hint: 'modprobe vfio-pci',
      path: '/sys/bus/pci/drivers/vfio-pci',
      errno: 'ENOENT',
    })
  }
  if (isFailure(tree.list('dev/vfio'))) {
    throw new HostError('There is no /dev/vfio, though vfio-pci is loaded.', {
      hint: 'modprobe vfio; inside a container, /dev/vfio and /dev/iommu have to be passed in.',
      path: '/dev/vfio',
      errno: 'ENOENT',
    })
  }
}
