import { escapeTerminal } from './escape.js'

/*
 * Markdown as GitHub, GitLab and Bugzilla read it. Whatever comes from a host is escaped: it is text there, no
 * markup, no mention of a user, no link.
 */

/**
 * Plain text: what Markdown or HTML could take for syntax stands behind a backslash or as an entity. GitHub looks for mentions
 * and issues after that, in the text that is left (github/cmark-gfm#181): a comment of HTML between its parts makes it no name.
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(SYNTAX, '\\$&')
    .replace(MENTION, '$&<!-- -->')
    .replace(/:\/\//g, ':&#47;/')
}

/**
 * Emphasis, code, links, tables, formulas, and the short forms for issues, merge requests, labels and milestones. An
 * underscore between letters is none of it.
 */
const SYNTAX = /[\\`*[\]|~$^]|[#!%](?=[\d["])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g

/** What makes a name a user or a number an issue, and letters an address. */
const MENTION = /@(?=\S)|[#!](?=\d)|\bgh-(?=\d)|\bwww(?=\.)/gi

/** Code inside a line: in as many backticks as the text does not have in a row. */
export function codeSpan(text: string): string {
  const content = oneLine(text)
  const ticks = '`'.repeat(longestRun(content) + 1)
  const pad = content.startsWith('`') || content.endsWith('`') || content.trim() === '' ? ' ' : ''
  return `${ticks}${pad}${content}${pad}${ticks}`
}

/** A block of code. No line of the text can end it. */
export function codeBlock(lines: readonly string[]): string[] {
  const safe = lines.map((line) => escapeTerminal(line))
  const longest = Math.max(2, ...safe.map(longestRun))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...safe, fence]
}

/** A table. Cells are Markdown already; a vertical bar inside one is escaped. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(titles), `|${titles.map(() => ' --- |').join('')}`, ...rows.map(line)]
}

/** What only the reporter knows: seen in the editor, not in the issue. */
export function toFillIn(text: string): string {
  return `<!-- ${text} -->`
}

function cell(text: string): string {
  return text.replace(/(?<!\\)\|/g, '\\|')
}

function oneLine(text: string): string {
  return escapeTerminal(text.replace(/[\r\n]+/g, ' '))
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
