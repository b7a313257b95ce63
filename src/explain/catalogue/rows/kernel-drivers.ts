import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const

/** What drivers of the host say of a function that does not answer, or does not start: NVMe, USB, SATA, network, sound. */
export const KERNEL_DRIVER_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...KERNEL, file: 'drivers/nvme/host/pci.c' }, [
    ['dead-device', 'controller is down; will reset: CSTS=0xffffffff'],
    ['driver-failed', 'controller is down; will reset: CSTS={hex}'],
    ['driver-failed', 'nvme {word} Device not ready; aborting {word}, CSTS={hex}'],
    ['driver-failed', 'nvme {word} Removing after probe failure status: {number}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/usb/host/xhci.c' }, [
    ['dead-device', 'xHCI host controller not responding, assume dead'],
    ['dead-device', '{pci}HC died; cleaning up'],
    ['driver-failed', 'xHCI host not responding to stop endpoint command'],
    ['driver-failed', '{pci}Host halt failed, {number}'],
    ['driver-failed', '{pci}Controller not ready at resume {number}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/ata/libahci.c' }, [
    ['dead-device', 'AHCI controller unavailable!'],
    ['driver-failed', 'ahci {address}: controller reset failed ({hex})'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/net/ethernet/intel/igc/igc_main.c' }, [
    ['dead-device', 'PCIe link lost, device now detached'],
    ['dead-device', 'PCIe link lost'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/net/ethernet/intel/ixgbe/ixgbe_main.c' }, [
    ['dead-device', '{pci}Adapter removed'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/net/ethernet/intel/i40e/i40e_main.c' }, [
    ['driver-failed', 'tx_timeout recovery unsuccessful, device is in non-recoverable state.'],
    ['driver-failed', 'tx_timeout recovery unsuccessful, device is in unrecoverable state.'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/net/ethernet/mellanox/mlx5/core/health.c' }, [
    ['driver-failed', 'mlx5_core {address}: {text}Fatal error {number} detected'],
    ['driver-failed', 'mlx5_core {address}: {text}PCI slot is unavailable'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/net/ethernet/mellanox/mlx5/core/cmd.c' }, [
    ['driver-failed', 'timeout. Will cause a leak of a command resource'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/net/wireless/intel/iwlwifi/pcie/trans.c' }, [
    ['dead-device', 'HW_REV=0xFFFFFFFF, PCI issues?'],
    ['dead-device', 'Timeout waiting for hardware access (CSR_GP_CNTRL 0xffffffff)'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/scsi/mpt3sas/mpt3sas_base.c' }, [
    ['dead-device', 'SAS host is non-operational !!!!'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/nouveau/nvkm/engine/device/base.c' }, [
    ['dead-device', 'nouveau {address}: unknown chipset (ffffffff)'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/gpu/drm/amd/amdgpu/amdgpu_device.c' }, [
    ['dead-device', 'amdgpu: device lost from bus!'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'sound/pci/hda/hda_controller.c' }, [
    ['dead-device', 'CORB reset timeout#{number}, CORBRP = 65535'],
    ['driver-failed', '{pci}CORB reset timeout#{number}, CORBRP = {number}'],
    ['driver-failed', 'No response from codec, disabling MSI: last cmd={hex}'],
    ['driver-failed', 'No response from codec, resetting bus: last cmd={hex}'],
    ['driver-failed', 'azx_get_response timeout, switching to polling mode: last cmd={hex}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci.c' }, [
    ['device-enabled', 'vfio_pci: add [{text} class {hex}/{hex}'],
    ['device-enabled', 'VFIO - User Level meta-driver version: {word}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/pci/setup-res.c' }, [
    ['device-enabled', '{pci}enabling device ({hex} -> {hex})'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'kernel/module/main.c' }, [
    [
      'module-tainted',
      'module verification failed: signature and/or required key missing - tainting kernel',
    ],
    ['module-tainted', 'loading out-of-tree module taints kernel.'],
  ]),
]
