/**
 * PCI register offsets and masks, named as in `include/uapi/linux/pci_regs.h`.
 * PCIe = PCI Express Base Specification 6.0; PCI30 = PCI Local Bus Specification 3.0.
 */

/** Header type, PCI30 6.1: bits 6:0 layout, bit 7 multifunction. */
export const PCI_HEADER_TYPE_MASK = 0x7f
export const PCI_HEADER_TYPE_MFD = 0x80
export const PCI_HEADER_TYPE_NORMAL = 0
export const PCI_HEADER_TYPE_BRIDGE = 1
export const PCI_HEADER_TYPE_CARDBUS = 2

/** Class and subclass (24-bit class code shifted right by 8). */
export const PCI_CLASS_STORAGE_EXPRESS = 0x0108
export const PCI_CLASS_DISPLAY_VGA = 0x0300
export const PCI_CLASS_BRIDGE_PCI = 0x0604

/** Base class of all bridges, that of the host too. */
export const PCI_BASE_CLASS_BRIDGE = 0x06
export const PCI_CLASS_BRIDGE_CARDBUS = 0x0607
export const PCI_CLASS_BRIDGE_PCI_SEMI = 0x0609

/** Capabilities, PCI30 appendix H. */
export const PCI_CAP_ID_PM = 0x01
export const PCI_CAP_ID_EXP = 0x10
export const PCI_CAP_ID_AF = 0x13

/** Extended capabilities, PCIe 7.6 onward. */
export const PCI_EXT_CAP_ID_ACS = 0x0d
export const PCI_EXT_CAP_ID_DPC = 0x1d
export const PCI_EXT_CAP_ID_DVSEC = 0x23

/** Power management, PCI30 PM 3.2: control and status. */
export const PCI_PM_CTRL = 4
export const PCI_PM_CTRL_NO_SOFT_RESET = 0x0008

/** PCI Express capability, PCIe 7.5.3. */
export const PCI_EXP_FLAGS = 2
export const PCI_EXP_FLAGS_VERS = 0x000f
export const PCI_EXP_FLAGS_TYPE_SHIFT = 4
export const PCI_EXP_FLAGS_SLOT = 0x0100
export const PCI_EXP_DEVCAP = 4
export const PCI_EXP_DEVCAP_FLR = 0x10000000
export const PCI_EXP_LNKCAP = 0x0c
export const PCI_EXP_LNKCAP_DLLLARC = 0x00100000
export const PCI_EXP_LNKSTA = 0x12
export const PCI_EXP_LNKSTA_CLS = 0x000f
export const PCI_EXP_LNKSTA_NLW_WIDTH = 0x03f0
export const PCI_EXP_LNKSTA_NLW_SHIFT = 4
export const PCI_EXP_LNKSTA_DLLLA = 0x2000
export const PCI_EXP_SLTCAP = 0x14
export const PCI_EXP_SLTCAP_HPC = 0x00000040
export const PCI_EXP_DEVCTL2 = 0x28
export const PCI_EXP_DEVCTL2_ARI = 0x0020

/** Advanced features, PCI30 ECN AF: capabilities byte. */
export const PCI_AF_CAP = 3
export const PCI_AF_CAP_TP = 0x01
export const PCI_AF_CAP_FLR = 0x02

/** Access control services, PCIe 7.7.11. Same bits in capability and control. */
export const PCI_ACS_CAP = 4
export const PCI_ACS_CTRL = 6
export const PCI_ACS_SV = 0x0001
export const PCI_ACS_TB = 0x0002
export const PCI_ACS_RR = 0x0004
export const PCI_ACS_CR = 0x0008
export const PCI_ACS_UF = 0x0010
export const PCI_ACS_EC = 0x0020
export const PCI_ACS_DT = 0x0040

/** Downstream port containment, PCIe 7.9.14: status register, bit 0 triggered. */
export const PCI_EXP_DPC_STATUS = 8
export const PCI_EXP_DPC_STATUS_TRIGGER = 0x0001

/** Designated vendor-specific capability, PCIe 7.9.6; CXL 3.0 8.1.5: port DVSEC, control bit 0 "Unmask SBR". */
export const PCI_DVSEC_HEADER1 = 4
export const PCI_DVSEC_HEADER2 = 8
export const PCI_DVSEC_CXL_VENDOR = 0x1e98
export const PCI_DVSEC_CXL_PORT = 3
export const PCI_DVSEC_CXL_PORT_CTL = 0x0c
export const PCI_DVSEC_CXL_PORT_CTL_UNMASK_SBR = 0x0001
/** CXL 3.0 8.2.1.3: Flex Bus port DVSEC, status: CXL.cache and CXL.mem were negotiated. */
export const PCI_DVSEC_CXL_FLEXBUS_PORT = 7
export const PCI_DVSEC_CXL_FLEXBUS_STATUS = 0x0e
export const PCI_DVSEC_CXL_FLEXBUS_STATUS_CACHE = 0x0001
export const PCI_DVSEC_CXL_FLEXBUS_STATUS_MEM = 0x0004
