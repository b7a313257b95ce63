-- What shares the IOMMU group of the boot disk: nothing of it can be given away while the host runs.
WITH rows AS (SELECT * FROM read_json('after.ndjson', format = 'newline_delimited', sample_size = -1))
SELECT DISTINCT other.host, other.pci_address, other.device_name, disk.pci_address AS disk
FROM rows AS disk JOIN rows AS other USING (host, iommu_group)
WHERE list_contains(disk.host_needs, 'boot-disk') AND other.pci_address <> disk.pci_address
ORDER BY other.host, other.pci_address;
