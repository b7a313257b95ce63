import { DRAWING_STYLE } from '../drawing/drawing-style.js'
import { escapeXml } from '../drawing/markup.js'
import { type PageData, pageDataText } from './page-data.js'
import { PAGE_STYLE } from './page-style.js'

/** Text of the page's one style element. */
export const STYLE = `${PAGE_STYLE}\n${DRAWING_STYLE}\n`

/** What stands between the tags, and the hashes (`sha256-…`) by which the policy of the page lets it in. */
export interface PageParts {
  readonly script: string
  readonly scriptHash: string
  readonly styleHash: string
}

/**
 * The page as one file. It may run its own script and style and nothing else: no network, no frames, no forms, no
 * markup from text. Data stands in an element that is never run.
 */
export function pageHtml(data: PageData, { script, scriptHash, styleHash }: PageParts): string {
  const rules = [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  const title = escapeXml(data.title)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${escapeXml(`${data.tool.name} ${data.tool.version}`)}">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body class="topology">
<header><h1>${title}</h1><p id="host"></p></header>
<noscript><p>This page works out its answers itself and needs JavaScript. It loads nothing from anywhere.</p></noscript>
<div id="tools" role="toolbar" aria-label="View"></div>
<main>
<div id="view"><div id="drawing"></div><div id="map" aria-hidden="true" hidden></div><div id="paper"></div><div id="legend" role="note" aria-label="Legend"></div></div>
<aside aria-label="Answers"><section id="answer" aria-label="What cannot be used independently"></section><section id="vm" aria-label="Give to a VM"></section><section id="detail" aria-label="Selected function"></section></aside>
</main>
<p id="status" role="status"></p>
<script type="application/json" id="data">${pageDataText(data)}</script>
<script>${script}</script>
</body>
</html>
`
}
