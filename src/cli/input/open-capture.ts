import { isatty } from 'node:tty'
import { lspciTree } from '../../capture/lspci/lspci-text.js'
import {
  type ArchiveError,
  type CaptureContent,
  captureIn,
  openCaptureFile,
  readCapture,
} from '../../host/archive/archive-tree.js'
import { packageFile } from '../../host/package-file.js'
import { DEVICES } from '../../host/read/function-folders.js'
import { type HostTree, isFailure, type TreeOrigin } from '../../host/tree/tree.js'
import { UsageError } from '../errors.js'
import { STDIN, standardInput } from './standard-input.js'

/** The tree in a captured host. `path` is what reports name as their source. Throws a UsageError for what is no capture. */
export async function openCapture(file: string, path: string | null): Promise<HostTree> {
  const source: TreeOrigin = { kind: 'capture', path }
  return treeOf(file, await open(file, source), source)
}

/** The host that ships with the tool. */
export async function openDemo(packageRoot: string): Promise<HostTree> {
  const source: TreeOrigin = { kind: 'capture', path: null }
  const name = 'share/demo.tar.gz'
  return treeOf(name, await captureIn(packageFile(packageRoot, name), source), source)
}

function treeOf(
  file: string,
  content: CaptureContent | ArchiveError,
  source: TreeOrigin,
): HostTree {
  if ('message' in content) throw captureError(file, content)
  if (content.kind === 'tree') return wholeTree(file, content.tree)
  const tree = lspciTree(content.text, source)
  if (typeof tree === 'string') throw captureError(file, { message: tree, errno: null })
  return tree
}

/** A part of a host, such as what changed since another copy, would read as a host without functions. */
function wholeTree(file: string, tree: HostTree): HostTree {
  const functions = tree.list(DEVICES)
  if (!isFailure(functions)) return tree
  const message = `nothing in it lists the functions of a host (${DEVICES}: ${functions.detail}), so it is a part of one`
  throw captureError(file, { message, errno: null })
}

async function open(file: string, source: TreeOrigin): Promise<CaptureContent | ArchiveError> {
  if (file !== STDIN) return openCaptureFile(file, source)
  const input = standardInput()
  if (isatty(0)) return { message: 'standard input is a terminal', errno: null }
  return readCapture(input, source)
}

function captureError(file: string, { message, errno }: ArchiveError): UsageError {
  const reason = REASONS.get(errno ?? '') ?? message
  return new UsageError(`Cannot read the capture ${file}: ${reason}.`, {
    path: file,
    errno: errno ?? undefined,
    hint: 'A capture is what `vfio-reset capture` writes, a tar of a tree with sys/, or the output of `lspci -xxxx`; as far as they go also `lspci -nnk`, `-vvv` and listings of IOMMU groups.',
  })
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'it does not exist'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
])
