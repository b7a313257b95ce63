import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import type { LabScenario } from '../scenario.js'
import type { LabCase } from './enumerate.js'

/**
 * Scenarios written by hand for one topology and setup: `folder/TOPOLOGY/SETUP/*.yaml`, each with what it is about in its
 * first line. Those that need cdevs have a name that starts with `cdev-`.
 */
export async function readNamedCases(
  folder: string,
  { topology, setup, hasCdev }: { topology: string; setup: string; hasCdev: boolean },
): Promise<readonly LabCase[]> {
  const place = join(folder, topology, setup)
  const files = await readdir(place).catch(() => [])
  const wanted = files.filter(
    (file) => file.endsWith('.yaml') && (hasCdev || !file.startsWith('cdev-')),
  )
  return Promise.all(
    wanted.sort().map(async (file) => {
      const scenario = parse(await readFile(join(place, file), 'utf8')) as LabScenario
      return { name: `named/${basename(file, '.yaml')}`, scenario }
    }),
  )
}
