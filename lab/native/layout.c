// SPDX-License-Identifier: MIT
/*
 * Prints what the kernel's own headers make of the structures and numbers that
 * the tool writes by hand (src/uapi/abi.ts): one line each, a name and a number,
 * or a name and the bytes of a structure filled with known values.
 */
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NUMBER(name) printf(#name " %llu\n", (unsigned long long)(name))
#define SIZE(type) printf("sizeof(" #type ") %zu\n", sizeof(struct type))
#define OFFSET(type, field) printf(#type "." #field " %zu\n", offsetof(struct type, field))

static void bytes(const char *name, const void *data, size_t size)
{
	const uint8_t *byte = data;

	printf("%s ", name);
	while (size--)
		printf("%02x", *byte++);
	printf("\n");
}

int main(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct vfio_device_bind_iommufd bind = { .argsz = 16, .iommufd = 5 };
	struct vfio_device_bind_iommufd tokened = {
		.argsz = sizeof(tokened),
		.flags = VFIO_DEVICE_BIND_FLAG_TOKEN,
		.iommufd = 5,
		.token_uuid_ptr = 0x1122334455667788,
	};
	struct {
		struct vfio_pci_hot_reset_info header;
		struct vfio_pci_dependent_device entries[2];
	} info = {
		.header = { .argsz = sizeof(info), .flags = 3, .count = 2 },
		.entries = {
			{ .devid = 7, .segment = 1, .bus = 2, .devfn = 0x0b },
			{ .devid = (uint32_t)VFIO_PCI_DEVID_NOT_OWNED, .segment = 1, .bus = 2, .devfn = 0x81 },
		},
	};
	struct {
		struct vfio_pci_hot_reset header;
		int32_t fds[2];
	} reset = { .header = { .argsz = sizeof(reset), .count = 2 }, .fds = { 3, 4 } };
	struct {
		struct vfio_device_feature header;
		uint8_t token[16];
	} token = {
		.header = {
			.argsz = sizeof(token),
			.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
		},
	};

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
	NUMBER(VFIO_DEVICE_BIND_IOMMUFD);
	NUMBER(VFIO_TYPE1v2_IOMMU);
	NUMBER(VFIO_NOIOMMU_IOMMU);
	NUMBER(VFIO_GROUP_FLAGS_VIABLE);
	NUMBER(VFIO_PCI_HOT_RESET_FLAG_DEV_ID);
	NUMBER(VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED);
	SIZE(vfio_group_status);
	SIZE(vfio_device_bind_iommufd);
	SIZE(vfio_pci_hot_reset_info);
	SIZE(vfio_pci_dependent_device);
	SIZE(vfio_pci_hot_reset);
	SIZE(vfio_device_feature);
	OFFSET(vfio_device_bind_iommufd, out_devid);
	OFFSET(vfio_device_bind_iommufd, token_uuid_ptr);
	OFFSET(vfio_pci_dependent_device, devid);
	OFFSET(vfio_pci_dependent_device, segment);
	OFFSET(vfio_pci_dependent_device, bus);
	OFFSET(vfio_pci_dependent_device, devfn);
	bytes("status", &status, sizeof(status));
	bytes("bind", &bind, 16);
	bytes("bind-with-token", &tokened, sizeof(tokened));
	bytes("info", &info, sizeof(info));
	bytes("reset", &reset, sizeof(reset));
	memset(token.token, 0x5a, sizeof(token.token));
	bytes("vf-token", &token, sizeof(token));
	return 0;
}
