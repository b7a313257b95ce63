import { describe, expect, it } from 'vitest'
import { indexReport } from '../../src/inspect/report-index.js'
import { hashOf, linkedState } from '../../src/page/page-hash.js'
import type { PageState } from '../../src/page/page-state.js'
import { endpoint, rootPort } from '../support/functions.js'
import { at, reportOf } from '../support/report-of.js'

const [PORT, GPU, AUDIO] = [at('0000:00:01.0'), at('0000:01:00.0'), at('0000:01:00.1')]

const USUAL: PageState = {
  policy: 'iommufd',
  given: new Map(),
  lit: [],
  folded: new Set([PORT, 'others']),
  selected: null,
  current: null,
  zoom: 1,
}

async function index() {
  return indexReport(
    await reportOf({
      functions: [
        rootPort(PORT, { secondary: '01', group: 1 }),
        endpoint(GPU, { mfd: true, group: 2 }),
        endpoint(AUDIO, { mfd: true, group: 2 }),
      ],
    }),
  )
}

describe('the link to the page', () => {
  it('brings back policy, ticks, folds and what is shown', async () => {
    const state: PageState = {
      ...USUAL,
      policy: 'group-fds',
      given: new Map([
        [GPU, 'a'],
        [AUDIO, 'b'],
      ]),
      folded: new Set(['others', GPU]),
      selected: GPU,
      current: GPU,
    }
    const hash = hashOf(state, USUAL.folded)
    expect(hash).toMatch(/^[a-z0-9=&,%.:A-F-]+$/)
    expect(linkedState(`#${hash}`, USUAL, await index())).toEqual(state)
  })

  it('takes nothing from a link that this host does not have', async () => {
    const hostile =
      '#policy=none&a=0000:99:00.0,%3Cimg%3E,%&b=&show=javascript:1&fold=x&open=%E0&&='
    expect(linkedState(hostile, USUAL, await index())).toEqual(USUAL)
    expect(linkedState('', USUAL, await index())).toEqual(USUAL)
  })
})
