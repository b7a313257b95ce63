import { Config, Plugin } from '@oclif/core/config'
import type * as Interfaces from '@oclif/core/interfaces'
import { setLogger } from '@oclif/core/logger'
import { packageFile } from '../host/package-file.js'
import { PACKAGE_JSON, TOOL } from './tool.js'

/**
 * oclif's configuration of this package. Running a command asks it for its name and folder only; what it knows of all commands
 * `load` reads from a file, for the help and for completion.
 */
export class OclifConfig extends Config {
  override bin = TOOL.name
  override root: string

  /** Neither plugins nor a theme: this runs as root, and oclif takes both from folders that the caller's environment names. */
  constructor(root: string) {
    super({ root, pjson: PACKAGE_JSON, userPlugins: false, devPlugins: false, logger: QUIET })
    this.root = root
  }

  /** oclif would look for the file in a folder, and there may be none. */
  override async load(): Promise<void> {
    const { root } = this
    setLogger(this.options)
    const plugin = new Plugin({ isRoot: true, pjson: PACKAGE_JSON, root })
    const manifest = async () => JSON.parse(packageFile(root, 'oclif.manifest.json').toString())
    Object.assign(plugin, { _manifest: manifest })
    await plugin.load()
    this.options.plugins = new Map([[plugin.name, plugin]])
    await super.load()
  }

  override async loadTheme(): Promise<undefined> {
    return undefined
  }

  /** Hooks are what plugins have. */
  override async runHook() {
    return { successes: [], failures: [] }
  }
}

/** oclif's own logger loads a library, and with it half of Node's networking, to write to stderr when `DEBUG` is set. */
const QUIET: Interfaces.Logger = {
  namespace: TOOL.name,
  child: () => QUIET,
  debug: () => undefined,
  error: () => undefined,
  info: () => undefined,
  trace: () => undefined,
  warn: () => undefined,
}
