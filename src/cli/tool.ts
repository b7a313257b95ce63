import packageJson from '../../package.json' with { type: 'json' }
import type { Tool } from '../document/envelope.js'

/** Name and version as every document and bug report states them; the bundler copies them in at build time. */
export const TOOL: Tool = { name: packageJson.name, version: packageJson.version }

/** package.json as oclif wants it: with it in the bundle, no search for the file at start. */
export const PACKAGE_JSON = packageJson
