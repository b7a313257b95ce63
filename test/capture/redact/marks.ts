import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { listedWords } from '../../../src/capture/redact/redact-listing.js'
import { shippedPciIds } from '../../../src/host/read/read-pci-ids.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Words of the names that lspci has, as on a system with our list. */
export const LISTED = listedWords(Buffer.from(shippedPciIds(ROOT) ?? []).toString())

/** A secret in the many shapes that secrets have. Each holds a mark that stands nowhere else. */
export const secret = fc
  .tuple(
    fc.constantFrom(
      (mark: string) => mark,
      (mark: string) => mark.toUpperCase(),
      (mark: string) => `${mark}12345`,
      (mark: string) => `${mark}.example.com`,
      (mark: string) => `user@${mark}`,
      (mark: string) => `/home/${mark}/disk.img`,
      (mark: string) => `//${mark}/share`,
      (mark: string) => `LABEL=${mark}`,
      (mark: string) => `iqn.1994-05.com.redhat:${mark}`,
      (mark: string) => `username=alice,password=${mark}`,
      (mark: string) => `redacted-${mark}`,
      (mark: string) => `0000:01:00.0/${mark}`,
      (mark: string) => `lower_${mark}`,
      (mark: string) => `vg\\040${mark}`,
      (mark: string) => `http://10.0.0.1/${mark}`,
    ),
    fc.constantFrom('zqsecret', 'qzxjkhost'),
  )
  .map(([shape, mark]) => ({ text: shape(mark), mark: new RegExp(mark, 'i') }))

/** Values that have a form of their own: they are found by it. */
export const formed = fc.constantFrom(
  ...[
    '00:1b:21:aa:bb:cd',
    '001b21aabbcd',
    '52:54:00:12:34:56',
    '52-54-00-12-34-56',
    'enx001b21aabbcd',
    '00-1b-21-ff-ff-aa-bb-cd',
    '10.177.20.31',
    'fe80::21b:21ff:feaa:bbcd',
    '6fd2b5a1-0000-4111-8222-123456789abc',
    '0x50014380186af83c',
    '0123456789abcdef0123456789abcdef',
    '123456789',
  ].map((text) => ({ text, mark: new RegExp(text.replaceAll('.', '\\.')) })),
)
