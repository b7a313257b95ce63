import type { CapabilityBytes } from '../host/config/config-space.js'
import { register16, register32 } from '../host/config/config-space.js'
import { type Gap, known, type Observed, unknown } from '../host/gap.js'
import type { RawFunction } from '../host/raw-host.js'

/** A capability that is absent contributes no bits; one that is cut off is unknown. */
export function bits16(capability: CapabilityBytes | null, offset: number): number | undefined {
  return capability === null ? 0 : register16(capability, offset)
}

export function bits32(capability: CapabilityBytes | null, offset: number): number | undefined {
  return capability === null ? 0 : register32(capability, offset)
}

export function findCapability(raw: RawFunction, id: number): Observed<CapabilityBytes | null> {
  return inConfig(raw, 'capabilities', (capability) => capability.id === id)
}

export function findExtended(
  raw: RawFunction,
  matches: (capability: CapabilityBytes) => boolean,
): Observed<CapabilityBytes | null> {
  return inConfig(raw, 'extended', matches)
}

function inConfig(
  raw: RawFunction,
  list: 'capabilities' | 'extended',
  matches: (capability: CapabilityBytes) => boolean,
): Observed<CapabilityBytes | null> {
  if (!raw.config.known) return raw.config
  const config = raw.config.value
  if (config.header.id === 0xffffffff) return unknownFrom(raw, 'reads as all ones', 'malformed')
  const capabilities = config[list]
  if (capabilities === null) {
    return config.limit < config.size
      ? unknownFrom(raw, `only ${config.limit} of ${config.size} bytes are readable`)
      : unknownFrom(raw, 'not read: nothing depends on it', 'not-captured')
  }
  const found = capabilities.find(matches)
  if (found === undefined && config.cut?.includes(list) === true) return unknownFrom(raw, '')
  return known(found ?? null)
}

/** Of text by lspci, what is not there was not printed, whatever would be wrong with bytes. */
export function unknownFrom(raw: RawFunction, detail: string, why: Gap['why'] = 'truncated') {
  const isText = raw.config.known && raw.config.value.cut !== undefined
  if (isText && why === 'truncated') {
    return unknown({ path: `${raw.path}/config`, why: 'not-captured', detail: NOT_PRINTED })
  }
  return unknown({ path: `${raw.path}/config`, why, detail })
}

const NOT_PRINTED = 'not in the text of lspci'
