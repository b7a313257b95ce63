// SPDX-License-Identifier: MIT
/*
 * Lab only, never for a real machine: lets an emulated function pass for other
 * hardware, so that the kernel applies its own quirks for that hardware to it.
 *  - An e1000e whose subsystem IDs are not Intel's takes those IDs as its own:
 *      -device e1000e,subsys_ven=0x168c,subsys=0x003c
 *  - An ioh3420 root port becomes 177d:a100 (resets of its bus are forbidden).
 *  - With "lab_switch_acs" on the command line, an xio3130 downstream port
 *    becomes 1d17:0710, which isolates as if it had ACS.
 * sysfs and every quirk table see the new IDs; the raw "config" file and the
 * hardware keep the old ones.
 */
#include <linux/init.h>
#include <linux/pci.h>

static void lab_ids_e1000e(struct pci_dev *dev)
{
	u16 vendor, device;

	pci_read_config_word(dev, PCI_SUBSYSTEM_VENDOR_ID, &vendor);
	pci_read_config_word(dev, PCI_SUBSYSTEM_ID, &device);
	if (!vendor || vendor == PCI_VENDOR_ID_INTEL)
		return;
	pci_info(dev, "lab: passes for %04x:%04x\n", vendor, device);
	dev->vendor = vendor;
	dev->device = device;
}
DECLARE_PCI_FIXUP_EARLY(PCI_VENDOR_ID_INTEL, 0x10d3, lab_ids_e1000e);

static void lab_ids_port(struct pci_dev *dev)
{
	pci_info(dev, "lab: passes for 177d:a100\n");
	dev->vendor = PCI_VENDOR_ID_CAVIUM;
	dev->device = 0xa100;
}
DECLARE_PCI_FIXUP_EARLY(PCI_VENDOR_ID_INTEL, 0x3420, lab_ids_port);

static bool lab_switch_acs;

static int __init lab_switch_acs_setup(char *unused)
{
	lab_switch_acs = true;
	return 1;
}
__setup("lab_switch_acs", lab_switch_acs_setup);

static void lab_ids_switch(struct pci_dev *dev)
{
	if (!lab_switch_acs)
		return;
	pci_info(dev, "lab: passes for 1d17:0710\n");
	dev->vendor = PCI_VENDOR_ID_ZHAOXIN;
	dev->device = 0x0710;
}
DECLARE_PCI_FIXUP_EARLY(PCI_VENDOR_ID_TI, 0x8233, lab_ids_switch);
