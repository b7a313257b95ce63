import { ansible } from './ansible.js'
import { csv } from './csv.js'
import type { Format } from './format.js'
import { ndjson } from './ndjson.js'
import { nfd } from './nfd.js'
import { prometheus } from './prometheus.js'

const LIST = [prometheus, nfd, ansible, ndjson, csv] as const satisfies readonly Format[]

/** Name of a format. */
export type ExportFormat = (typeof LIST)[number]['id']

export const FORMATS: readonly (Format & { readonly id: ExportFormat })[] = LIST

export const FORMAT_IDS: readonly ExportFormat[] = LIST.map(({ id }) => id)
