/** A Markdown table with aligned columns: the first to the left, numbers to the right. */
export function markdownTable(head, rows) {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column].length)),
  )
  const isText = head.map((_, column) => rows.some((row) => /^[^\d<-]/.test(row[column])))
  const line = (row) =>
    `| ${row.map((cell, at) => (isText[at] ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`
  const rule = `|${widths.map((width, at) => (isText[at] ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
