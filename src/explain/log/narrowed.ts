import type { DiagnosisId } from '../catalogue/diagnosis.js'

type Narrower = Readonly<Record<string, DiagnosisId>>

/** What one text with several meanings says, by its errno and by what it names. */
export function narrowed(id: DiagnosisId, errno: string | null, captures: Captures): DiagnosisId {
  const byErrno = BY_ERRNO[id]?.[errno ?? ''] ?? id
  return BY_CAPTURE[byErrno]?.(captures) ?? byErrno
}

type Captures = Readonly<Record<string, string | undefined>>

const BY_ERRNO: Readonly<Partial<Record<DiagnosisId, Narrower>>> = {
  'hot-reset-info-failed': {
    EAGAIN: 'info-changed',
    EPERM: 'no-group',
    ENODEV: 'no-bus-or-slot-reset',
    // The first of the two calls may come to it; the text is about the second.
    ENOSPC: 'info-never-fits',
  },
  'hot-reset-or-map': {
    // Too little memory may be locked: all but certainly the mapping.
    ENOMEM: 'dma-map-failed',
    // Answers that a mapping never gets.
    EAGAIN: 'hot-reset-errno',
    EBUSY: 'hot-reset-errno',
    ENODEV: 'hot-reset-errno',
  },
  'p2p-map-failed': {
    // Answers that a BAR, being no memory that is pinned and in nobody's way, does not get.
    ENOMEM: 'memory-or-bar-map',
    EEXIST: 'memory-or-bar-map',
  },
  'memory-or-bar-map': { ENOMEM: 'dma-map-failed', EEXIST: 'dma-map-failed' },
  'dma-map-failed': { EINVAL: 'map-refused' },
  'reset-info-errno': { EAGAIN: 'info-changed', EPERM: 'no-group', ENODEV: 'no-bus-or-slot-reset' },
  'region-access': { EBUSY: 'bar-busy' },
}

/** Guests have no memory there: firmware places large BARs from 56 TiB on (`0x380000000000`), at the least from 1 TiB. */
const LEAST_BAR = 2n ** 40n

/** What the narrowest IOMMUs in use reach: 39 bits (Intel desktops). Below that no limit of address bits is at fault. */
const REACH = 2n ** 39n

const BY_CAPTURE: Readonly<
  Partial<Record<DiagnosisId, (captures: Captures) => DiagnosisId | null>>
> = {
  'memory-or-bar-map': ({ iova = '0x0' }) => (BigInt(iova) >= LEAST_BAR ? 'p2p-map-failed' : null),
  'map-refused': ({ iova = '0x0', size = '0x0' }) =>
    BigInt(iova) + BigInt(size) > REACH ? 'iommu-width' : null,
  'gave-up': ({ reset = '' }) => {
    const what = reset.toLowerCase()
    if (what.endsWith('reset')) return 'gave-up-reset'
    return what.endsWith('flr') || what.startsWith('pm ') ? 'flr-failed' : null
  },
}
