import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Guest, GuestHost } from './guest/guest.js'

const LIMIT_MS = 400_000

/** Where `watch` writes, in the share. */
const HEARD = 'watch.ndjson'

/**
 * Takes a function away from vfio-pci and gives it back by `driver_override`, while `watch` looks on. Answers whether `wait --for
 * bound` was right both times (1 while it is not, 0 once it is), and `watch` told of the two changes in their order.
 */
export async function watchBinding(
  address: string,
  { guest, host: { node, repository } }: { readonly guest: Guest; readonly host: GuestHost },
): Promise<boolean> {
  const tool = `"${node}" "${repository}/bin/run.js"`
  const script = `device=/sys/bus/pci/devices/${address}
${tool} watch ${address} --json --interval 2s > "${guest.mount}/${HEARD}" 2> "${guest.mount}/watch.err" &
watching=$!
sleep 20
echo ${address} > $device/driver/unbind
${tool} wait ${address} --for bound --timeout 1s
[ $? = 1 ] || exit 10
sleep 20
(sleep 10; echo vfio-pci > $device/driver_override; echo ${address} > /sys/bus/pci/drivers_probe) &
${tool} wait ${address} --for bound --timeout 100s || exit 11
sleep 20
kill $watching
wait $watching
true`
  const { exitCode } = await guest.ask({ do: 'shell', script, timeoutMs: LIMIT_MS })
  const lines = (await readFile(join(guest.share, HEARD), 'utf8')).split('\n').filter(Boolean)
  return exitCode === 0 && isDeepStrictEqual(lines.flatMap(driversIn), [null, 'vfio-pci'])
}

/** The drivers that functions came to, as one line of `watch --json` tells. */
function driversIn(line: string): readonly unknown[] {
  const { changes }: { changes: readonly { kind: string; after?: unknown }[] } = JSON.parse(line)
  return changes.filter(({ kind }) => kind === 'driver').map(({ after }) => after)
}
