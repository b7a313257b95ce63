// SPDX-License-Identifier: MIT
/*
 * Preloaded into vfio-reset inside a guest: proves whether a hot reset reached
 * the device. Around VFIO_DEVICE_PCI_HOT_RESET it writes a register of an
 * e1000-family function (VET, which a reset sets to 0x8100), reads it back, lets
 * the ioctl happen, and reads it again. One line of JSON for each call goes to
 * the file that MARKER_LOG names:
 *   {"marked": 4660, "after": 33024, "errno": 0}
 * `marked` is what the register held after it was written; `after` equal to it
 * means that nothing was reset.
 *
 * The program calls ioctl through dlsym, so that is what is replaced as well.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VET 0x38
#define MARK 0x1234
#define PCI_COMMAND 4
#define PCI_COMMAND_MEMORY 2

typedef void *(*dlsym_fn)(void *, const char *);
typedef int (*ioctl_fn)(int, unsigned long, ...);

static dlsym_fn real_dlsym(void)
{
	static dlsym_fn found;

	if (!found)
		found = (dlsym_fn)dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
	if (!found)
		found = (dlsym_fn)dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
	return found;
}

static ioctl_fn real_ioctl(void)
{
	return (ioctl_fn)real_dlsym()(RTLD_NEXT, "ioctl");
}

static int64_t region_offset(int fd, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	return real_ioctl()(fd, VFIO_DEVICE_GET_REGION_INFO, &info) ? -1 : (int64_t)info.offset;
}

static void enable_memory(int fd)
{
	int64_t config = region_offset(fd, VFIO_PCI_CONFIG_REGION_INDEX);
	uint16_t command = 0;

	if (config < 0 || pread(fd, &command, 2, config + PCI_COMMAND) != 2)
		return;
	command |= PCI_COMMAND_MEMORY;
	if (pwrite(fd, &command, 2, config + PCI_COMMAND) != 2)
		perror("marker: command register");
}

static int64_t read_register(int fd)
{
	int64_t bar = region_offset(fd, VFIO_PCI_BAR0_REGION_INDEX);
	uint32_t value;

	enable_memory(fd);
	return bar < 0 || pread(fd, &value, 4, bar + VET) != 4 ? -1 : (int64_t)value;
}

static int64_t mark(int fd)
{
	int64_t bar = region_offset(fd, VFIO_PCI_BAR0_REGION_INDEX);
	uint32_t value = MARK;

	enable_memory(fd);
	if (bar < 0 || pwrite(fd, &value, 4, bar + VET) != 4)
		return -1;
	return read_register(fd);
}

static void tell(int64_t marked, int64_t after, int error)
{
	const char *path = getenv("MARKER_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;

	if (!log)
		return;
	fprintf(log, "{\"marked\": %lld, \"after\": %lld, \"errno\": %d}\n",
		(long long)marked, (long long)after, error);
	fclose(log);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *argument;
	int64_t marked;
	int result, error;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if ((uint32_t)request != VFIO_DEVICE_PCI_HOT_RESET)
		return real_ioctl()(fd, request, argument);
	marked = mark(fd);
	result = real_ioctl()(fd, request, argument);
	error = result < 0 ? errno : 0;
	tell(marked, read_register(fd), error);
	errno = error;
	return result;
}

void *dlsym(void *handle, const char *name)
{
	return strcmp(name, "ioctl") ? real_dlsym()(handle, name) : (void *)ioctl;
}
