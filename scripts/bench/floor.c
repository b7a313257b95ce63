// Opens and reads what `vfio-reset inspect` reads of a host, and does nothing with it: the floor of any program that reads it.
// Usage: floor ROOT. Compiled by scripts/bench/floor.mjs.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char bytes[65536];

static const char *const TEXTS[] = {
    "uevent", "numa_node", "reset_method", "power_state", "enable", "boot_vga", "sriov_totalvfs",
};

static int has(const char *names, const char *name)
{
    char line[300];
    snprintf(line, sizeof line, "/%s/", name);
    return strstr(names, line) != NULL;
}

static void read_text(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return;
    (void)!read(file, bytes, sizeof bytes);
    close(file);
}

/* The first 64 bytes, and eight registers of capabilities behind them. */
static void read_config(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/config", folder);
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return;
    (void)!pread(file, bytes, 64, 0);
    for (int at = 64; at < 96; at += 4)
        (void)!pread(file, bytes, 4, at);
    close(file);
}

/* Names in a folder, each between two slashes. */
static void list(const char *folder, char *names, size_t size)
{
    size_t end = 0;
    DIR *open = opendir(folder);
    struct dirent *entry;
    names[0] = 0;
    if (open == NULL)
        return;
    while ((entry = readdir(open)) != NULL && end + 300 < size)
        end += (size_t)sprintf(names + end, "/%s/", entry->d_name);
    closedir(open);
}

static void read_function(const char *folder)
{
    static char names[65536];
    char path[4096];
    list(folder, names, sizeof names);
    for (size_t at = 0; at < sizeof TEXTS / sizeof *TEXTS; at++)
        if (has(names, TEXTS[at]))
            read_text(folder, TEXTS[at]);
    if (!has(names, "physfn"))
        read_config(folder);
    if (has(names, "pci_bus")) {
        read_text(folder, "power/runtime_status");
        snprintf(path, sizeof path, "%s/pci_bus", folder);
        list(path, names, sizeof names);
    }
}

static void read_group(const char *folder)
{
    static char names[65536];
    char path[4096];
    read_text(folder, "type");
    snprintf(path, sizeof path, "%s/devices", folder);
    list(path, names, sizeof names);
}

static void each_in(const char *root, const char *below, void (*use)(const char *folder))
{
    char folder[4096], path[4096];
    snprintf(folder, sizeof folder, "%s/%s", root, below);
    DIR *open = opendir(folder);
    struct dirent *entry;
    if (open == NULL)
        return;
    while ((entry = readdir(open)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        use(path);
    }
    closedir(open);
}

int main(int count, char **words)
{
    if (count != 2)
        return 2;
    each_in(words[1], "sys/bus/pci/devices", read_function);
    each_in(words[1], "sys/kernel/iommu_groups", read_group);
    return 0;
}
