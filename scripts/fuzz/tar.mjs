const BLOCK = 512

/** A tar of `{ path, type, body, link }`, with headers whose sums are right whatever they hold. */
export function makeTar(entries, { end = true } = {}) {
  const pieces = entries.flatMap(
    ({ path, type = '0', body = Buffer.alloc(0), link = '', size }) => {
      const long = Buffer.byteLength(path) > 99 || Buffer.byteLength(link) > 99
      const before = long ? pax({ path, linkpath: link }) : []
      return [
        ...before,
        header({ path, type, link, size: size ?? body.length }),
        body,
        padding(body),
      ]
    },
  )
  return Buffer.concat(end ? [...pieces, Buffer.alloc(2 * BLOCK)] : pieces)
}

function pax(names) {
  const records = Object.entries(names)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => record(key, value))
  const body = Buffer.from(records.join(''))
  return [
    header({ path: 'PaxHeader', type: 'x', link: '', size: body.length }),
    body,
    padding(body),
  ]
}

function record(key, value) {
  const rest = ` ${key}=${value}\n`
  let length = Buffer.byteLength(rest) + 1
  while (Buffer.byteLength(`${length}${rest}`) !== length) length += 1
  return `${length}${rest}`
}

function header({ path, type, link, size }) {
  const block = Buffer.alloc(BLOCK)
  block.write(path.slice(0, 99), 0)
  block.write('0000644\0', 100)
  block.write('0000000\0'.repeat(2), 108)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write(link.slice(0, 99), 157)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padding(body) {
  return Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)
}

/** Entries of a plain tar of our own, with their names as they stand in the headers or in pax records. */
export function readTar(tar) {
  const entries = []
  let long = {}
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (from, length) =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '')
    const size = Number.parseInt(text(124, 12), 8) || 0
    const type = text(156, 1) || '0'
    const body = tar.subarray(at + BLOCK, at + BLOCK + size)
    const prefix = text(345, 155)
    const path = (prefix === '' ? '' : `${prefix}/`) + text(0, 100)
    if (type === 'x') long = parsePax(body)
    else {
      entries.push({ path: long.path ?? path, type, body, link: long.linkpath ?? text(157, 100) })
      long = {}
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return entries
}

function parsePax(body) {
  const lines = [...body.toString().matchAll(/\d+ (path|linkpath)=(.*)\n/g)]
  return Object.fromEntries(lines.map(([, key, value]) => [key, value]))
}
