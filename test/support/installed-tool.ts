import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NODE } from './tool-node.js'

const BIN = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin/run.js')

/**
 * Writes what a shipped hook finds as `vfio-reset`: the built tool. `source`: flags that stand for the live host, such as `--capture`;
 * they go behind `hook CALLER`. What it is called with is added to `calls` beside it.
 */
export function installTool(file: string, ...source: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const call = [NODE, BIN, '"$command"', '"$caller"', ...source, '"$@"'].join(' ')
  const lines = [
    '#!/bin/sh',
    `echo "$*" >> ${dirname(file)}/calls`,
    'command=$1 caller=$2',
    'shift 2',
    `exec ${call}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o755 })
}
