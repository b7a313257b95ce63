import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageData } from '../page/page-data.js'
import { pageHtml, STYLE } from '../page/page-html.js'
import { HostError } from './errors.js'

/** The page with its script, which the build leaves in `dist`: it is as large as the tool, and only this reads it. */
export function reportPage(data: PageData, packageRoot: string): string {
  const script = pageScript(join(packageRoot, 'dist', 'page.js'))
  return pageHtml(data, { script, scriptHash: hashOf(script), styleHash: hashOf(STYLE) })
}

function pageScript(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    throw new HostError(`The script of the page is missing: ${path}.`, {
      path,
      hint: 'Build or install vfio-reset again.',
      cause: error,
    })
  }
}

/** As a Content-Security-Policy names what may run (CSP 3, 6.7.2). */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
