import { gunzipSync } from 'node:zlib'
import type { HostFiles } from './host-files.js'

const BLOCK = 512

/** Files and links of a gzip tar as GNU tar writes it; folders are left out, a leading `./` is dropped. */
export function readTarGz(archive: Uint8Array): HostFiles {
  const tar = gunzipSync(archive)
  const files: HostFiles = {}
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK)
    const size = Number.parseInt(textAt(header, 124, 12), 8)
    const body = tar.subarray(at + BLOCK, at + BLOCK + size)
    const path = (longName ?? nameIn(header)).replace(/^\.\//, '')
    const type = textAt(header, 156, 1)
    longName = type === 'L' ? textAt(body, 0, size) : undefined
    if (type === '0') files[path] = body
    if (type === '2') files[path] = { link: textAt(header, 157, 100) }
    if (!['0', '2', '5', 'L'].includes(type)) throw new Error(`${path}: entry type ${type}`)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

/** ustar keeps the front of a long path in a second field. */
function nameIn(header: Buffer): string {
  const name = textAt(header, 0, 100)
  const isUstar = textAt(header, 257, 8) === 'ustar'
  const prefix = isUstar ? textAt(header, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end).trim()
}
