/*
 * Prints the numbers and layouts that src/uapi/abi.ts writes by hand, as the
 * headers of this machine have them: a name and a number a line. What older
 * headers lack is left out.
 */
#include <linux/vfio.h>
#include <stddef.h>
#include <stdio.h>

#define NUMBER(name) printf(#name " %llu\n", (unsigned long long)(name))
#define SIZE(type) printf("sizeof " #type " %zu\n", sizeof(struct type))
#define OFFSET(type, field) printf(#type "." #field " %zu\n", offsetof(struct type, field))

int main(void)
{
	NUMBER(VFIO_GET_API_VERSION);
	NUMBER(VFIO_CHECK_EXTENSION);
	NUMBER(VFIO_SET_IOMMU);
	NUMBER(VFIO_GROUP_GET_STATUS);
	NUMBER(VFIO_GROUP_SET_CONTAINER);
	NUMBER(VFIO_GROUP_GET_DEVICE_FD);
	NUMBER(VFIO_DEVICE_GET_INFO);
	NUMBER(VFIO_DEVICE_RESET);
	NUMBER(VFIO_DEVICE_GET_PCI_HOT_RESET_INFO);
	NUMBER(VFIO_DEVICE_PCI_HOT_RESET);
	NUMBER(VFIO_DEVICE_FEATURE);
	NUMBER(VFIO_TYPE1v2_IOMMU);
	NUMBER(VFIO_SPAPR_TCE_IOMMU);
	NUMBER(VFIO_NOIOMMU_IOMMU);
	NUMBER(VFIO_GROUP_FLAGS_VIABLE);
	SIZE(vfio_group_status);
	SIZE(vfio_pci_hot_reset_info);
	SIZE(vfio_pci_dependent_device);
	SIZE(vfio_pci_hot_reset);
	OFFSET(vfio_pci_hot_reset_info, flags);
	OFFSET(vfio_pci_hot_reset_info, count);
	OFFSET(vfio_pci_dependent_device, segment);
	OFFSET(vfio_pci_dependent_device, bus);
	OFFSET(vfio_pci_dependent_device, devfn);
	OFFSET(vfio_pci_hot_reset, flags);
	OFFSET(vfio_pci_hot_reset, count);
	OFFSET(vfio_pci_hot_reset, group_fds);
	SIZE(vfio_device_feature);
	OFFSET(vfio_device_feature, flags);
	OFFSET(vfio_device_feature, data);
	printf("VF token flags %u\n", VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN);
#ifdef VFIO_DEVICE_BIND_IOMMUFD
	NUMBER(VFIO_DEVICE_BIND_IOMMUFD);
	NUMBER(VFIO_PCI_HOT_RESET_FLAG_DEV_ID);
	NUMBER(VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED);
	OFFSET(vfio_device_bind_iommufd, iommufd);
	OFFSET(vfio_device_bind_iommufd, out_devid);
#endif
#ifdef VFIO_DEVICE_BIND_FLAG_TOKEN
	SIZE(vfio_device_bind_iommufd);
	OFFSET(vfio_device_bind_iommufd, token_uuid_ptr);
#endif
	return 0;
}
