-- Which models refuse a hot reset to a user who takes one function alone, on how many functions and hosts, and why.
SELECT
  vendor_id, device_id, any_value(device_name) AS device_name,
  count(*) AS functions,
  count(DISTINCT host) AS hosts,
  count(*) FILTER (WHERE group_fds = 'refused') AS refused,
  count(*) FILTER (WHERE group_fds = 'undetermined') AS undetermined,
  list_sort(list_distinct(flatten(list(blockers)))) AS blockers
FROM read_json('after.ndjson', format = 'newline_delimited', sample_size = -1)
WHERE class_id[1:2] IN ('03', '12', '02') OR class_id[1:4] = '0108'
GROUP BY vendor_id, device_id
HAVING refused + undetermined > 0
ORDER BY refused DESC, undetermined DESC, vendor_id, device_id;
