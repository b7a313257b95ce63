import { UsageError } from './errors.js'

type Environment = Readonly<Record<string, string | undefined>>

export function environment(): Environment {
  return process.env
}

/** When a capture was made, ISO 8601 in UTC to the second: now, or as SOURCE_DATE_EPOCH says (reproducible-builds.org). */
export function captureTime(env: Environment): string {
  const epoch = env['SOURCE_DATE_EPOCH']
  const time = epoch === undefined || epoch === '' ? Date.now() : Number(epoch) * 1000
  const isTime = Number.isInteger(time) && time >= 0 && time <= 253_402_300_799_000
  if (!isTime) {
    throw new UsageError(
      `SOURCE_DATE_EPOCH is "${epoch}", which is no number of seconds since 1970.`,
    )
  }
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Name of a capture that was given none: it tells when, and nothing of the host. */
export function defaultFile(time: string): string {
  return `vfio-reset-${time.replace(/[-:]/g, '').replace('T', '-').replace('Z', '')}.tar.gz`
}
