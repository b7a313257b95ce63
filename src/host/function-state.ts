import { known, type Observed, unknown } from './gap.js'
import type { RawVfioDev } from './raw-host.js'
import { createParser, type FieldReader, NONE, parseDecimal } from './read/function-fields.js'
import { type FunctionFolder, hasFile } from './read/function-folders.js'
import { gapOf } from './tree/failure.js'
import { type HostTree, isFailure } from './tree/tree.js'
import { joinPath } from './tree/tree-path.js'

const VFIO_DEV = /^(?:noiommu-)?vfio\d{1,9}$/

/** `power/runtime_status`; null: no such file. */
export function readRuntimeStatus(
  tree: HostTree,
  fields: FieldReader,
  folder: FunctionFolder,
): Observed<string | null> {
  if (!hasFile(folder.files, 'power')) return fields.none(folder, 'power')
  const path = joinPath(folder.path, 'power/runtime_status')
  const text = tree.readText(path)
  if (!isFailure(text)) return known(text)
  const isNone = text.why === 'absent' && tree.origin.kind === 'live'
  return isNone ? NONE : unknown(gapOf(tree.origin, path, text))
}

/** Reads `enable`, how often the function was enabled; null: no such file. */
export function createEnabledReader(
  fields: FieldReader,
): (folder: FunctionFolder) => Observed<number | null> {
  const parseCount = createParser(parseDecimal)
  return (folder) =>
    hasFile(folder.files, 'enable')
      ? parseCount(fields.text(folder, 'enable'), () => joinPath(folder.path, 'enable'))
      : fields.none(folder, 'enable')
}

/** `vfio-dev/vfioN`, which exists exactly while a vfio driver has the function registered (6.1+). */
export function readVfioDev(tree: HostTree, folder: FunctionFolder): Observed<RawVfioDev | null> {
  if (folder.unlisted !== null) return unknown(folder.unlisted)
  if (!hasFile(folder.files, 'vfio-dev')) return NONE
  const path = joinPath(folder.path, 'vfio-dev')
  const names = tree.list(path)
  if (isFailure(names)) return unknown(gapOf(tree.origin, path, names))
  const name = names.find((each) => VFIO_DEV.test(each))
  if (name === undefined) return NONE
  const files = tree.list(joinPath(path, name))
  if (isFailure(files)) return unknown(gapOf(tree.origin, joinPath(path, name), files))
  return known({ name, cdev: files.includes('dev') })
}
