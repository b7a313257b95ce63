import { isStated } from '../document/stated.js'
import type { CastReport } from '../simulation/report/simulate-document.js'
import { listed } from '../text/english.js'
import { bullet } from '../text/layout.js'
import type { Style } from '../text/style.js'

/** Who is in the story: the functions with their IOMMU groups, and what a hot reset of one does to the others. */
export function castLines(cast: readonly CastReport[], style: Style): string[] {
  const alike = new Map<string, CastReport[]>()
  for (const member of cast) {
    const key = isStated(member.affected) ? member.affected.join() : 'unknown'
    const same = alike.get(key)
    if (same === undefined) alike.set(key, [member])
    else same.push(member)
  }
  return [...alike.values()].flatMap((members) => bullet(sentence(members), style))
}

function sentence(members: readonly CastReport[]): string {
  const who = listed(members.map(nameOf))
  const affected = members[0]?.affected ?? []
  if (!isStated(affected)) return `${who}: what a hot reset hits depends on what was not read.`
  if (affected.length === 0) return `${who}: there is no hot reset.`
  if (affected.length === 1) return `${who}: a hot reset hits nothing else.`
  const inside = new Set(members.map(({ address }) => address))
  const others = affected.filter((address) => !inside.has(address))
  if (members.length === 1) return `${who}: a hot reset of it hits ${listed(affected)}.`
  const [one, all] = members.length === 2 ? ['either', 'both'] : ['any of them', 'all']
  return `${who}: a hot reset of ${one} hits ${listed([all, ...others])}.`
}

function nameOf({ address, group }: CastReport): string {
  if (!isStated(group)) return `${address} (group not read)`
  return group === null ? `${address} (no group)` : `${address} (IOMMU group ${group})`
}
