import type { HostTree } from '../host/tree/tree.js'
import { watch } from '../host/watch/watch.js'
import { findProgram } from './answers/capture-commands.js'
import { BaseCommand } from './base-command.js'
import { checkKernel } from './flags.js'
import { openLiveHost } from './input/open-host.js'
import { openTriggers, type Triggers } from './input/triggers.js'
import { type OpenedHost, withHost } from './with-host.js'

/** A command that reads a host again and again. */
export abstract class WatchingCommand extends BaseCommand {
  private sources: HostSources = THIS_HOST

  /** Lets the command watch something else than this host. */
  on(sources: HostSources): this {
    this.sources = sources
    return this
  }

  /** Lends readings of the host, and what says when to read it again. */
  async watching<T>(wish: WatchWish, use: (lent: Watching) => Promise<T>): Promise<T> {
    const isLive = wish.root === undefined || wish.root === '/'
    const kernel = checkKernel(wish.kernel)
    const { openLiveHost: open, findUdevadm } = this.sources
    const triggers = await openTriggers(isLive ? await findUdevadm() : undefined)
    // What takes long here is waiting, so nothing of it is progress.
    const quiet = { config: this.config, phase: async () => watch().working() }
    const read = async () => {
      const from = isLive ? open : wish
      return withHost(quiet, { from, kernel, wake: false, holders: true }, (opened) => opened)
    }
    try {
      return await use({ read, triggers })
    } finally {
      triggers.close()
    }
  }
}

export interface WatchWish {
  readonly root?: string | undefined
  readonly kernel?: string | undefined
}

export interface Watching {
  readonly read: () => Promise<OpenedHost>
  readonly triggers: Triggers
}

/** Where the host and its news come from; tests put others in place. */
export interface HostSources {
  readonly openLiveHost: () => HostTree
  /** Path of the program that tells what the kernel says; undefined: there is none. */
  readonly findUdevadm: () => Promise<string | undefined>
}

const THIS_HOST: HostSources = {
  openLiveHost,
  findUdevadm: () => findProgram(['udevadm']),
}
