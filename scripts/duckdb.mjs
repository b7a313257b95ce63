import { readFileSync } from 'node:fs'

// Runs a file of SQL in DuckDB, in the current folder, and prints the last result as one JSON document a line: what the `duckdb`
// program does with -jsonlines, for tests on machines that do not have it. Ends with 3 where the package is not installed.
const [, , file] = process.argv
if (file === undefined) {
  console.error('It takes a file of SQL: node scripts/duckdb.mjs FILE')
  process.exit(2)
}
const duckdb = await import('@duckdb/node-api').catch(() => undefined)
if (duckdb === undefined) {
  console.error('@duckdb/node-api is not installed here')
  process.exit(3)
}
const connection = await duckdb.DuckDBConnection.create()
const reader = await connection.runAndReadAll(readFileSync(file, 'utf8'))
for (const row of reader.getRowObjectsJson()) console.log(JSON.stringify(row))
connection.closeSync()
