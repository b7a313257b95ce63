-- What changed since the last kernel: functions of hosts that run another release now, whose group has other members, whose
-- verdict flipped, or of which something is unknown on one side only. The numbers of groups mean nothing: `unit` and `affected` do.
WITH
  before AS (SELECT * FROM read_json('before.ndjson', format = 'newline_delimited', sample_size = -1)),
  after AS (SELECT * FROM read_json('after.ndjson', format = 'newline_delimited', sample_size = -1))
SELECT
  host, pci_address,
  before.kernel_release AS kernel_before, after.kernel_release AS kernel_after,
  before.unit_size AS unit_before, after.unit_size AS unit_after,
  before.group_fds AS verdict_before, after.group_fds AS verdict_after
FROM before JOIN after USING (host, pci_address)
WHERE before.kernel_release IS DISTINCT FROM after.kernel_release
  AND (before.unit IS DISTINCT FROM after.unit
    OR before.affected IS DISTINCT FROM after.affected
    OR before.group_fds IS DISTINCT FROM after.group_fds)
ORDER BY host, pci_address;
