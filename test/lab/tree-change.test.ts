import { describe, expect, it } from 'vitest'
import type { RecordedTree } from '../../lab/agent/protocol.js'
import { applyChange, compareTrees } from '../../lab/tree-change.js'

const BEFORE: RecordedTree = {
  entries: [
    ['sys', 'folder'],
    ['sys/a', 'folder'],
    ['sys/a/driver', 'link', '../drivers/x'],
    ['sys/a/config', 'file', 'AAAA'],
    ['sys/b', 'folder'],
    ['sys/b/config', 'file', 'AAAA'],
    ['sys/b/power', 'folder'],
    ['sys/b/power/control', 'file', 'b24='],
  ],
}

/** One function lost its driver and changed, the other went, and a third came. */
const AFTER: RecordedTree = {
  entries: [
    ['sys', 'folder'],
    ['sys/a', 'folder'],
    ['sys/a/config', 'file', 'BBBB'],
    ['sys/c', 'folder'],
    ['sys/c/config', 'file', 'CCCC'],
  ],
}

const sorted = ({ entries }: RecordedTree) => [...entries].sort()

describe('how a tree changed', () => {
  const change = compareTrees(BEFORE, AFTER)

  it('is told by what is new or other, and by the top of what is gone', () => {
    expect(change.gone).toStrictEqual(['sys/a/driver', 'sys/b'])
    expect(change.changed.map(([path]) => path)).toStrictEqual([
      'sys/a/config',
      'sys/c',
      'sys/c/config',
    ])
  })

  it('makes the later tree from the earlier one', () => {
    expect(sorted(applyChange(BEFORE, change))).toStrictEqual(sorted(AFTER))
  })

  it('is nothing for a tree that stayed', () => {
    expect(compareTrees(BEFORE, BEFORE)).toStrictEqual({ changed: [], gone: [] })
    expect(applyChange(BEFORE, { changed: [], gone: [] })).toStrictEqual(BEFORE)
  })
})
