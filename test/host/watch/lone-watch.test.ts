import { describe, expect, it } from 'vitest'
import { createLoneWatch, HandOver } from '../../../src/host/watch/lone-watch.js'

interface Facts {
  readonly steady?: (path: string) => boolean
  readonly mebibytes?: number
  readonly expectMany?: () => void
}

function watchWith({
  steady = () => true,
  mebibytes = 10,
  expectMany = () => undefined,
}: Facts = {}) {
  return createLoneWatch({
    steadyPaths: () => ({ isSteady: steady, isSteadyTree: steady }),
    kept: [{ path: '-', base64: Buffer.from('input').toString('base64') }],
    mebibytes: () => mebibytes,
    expectMany,
  })
}

describe('work that nobody waits for', () => {
  it('touches what cannot hang', () => {
    const watch = watchWith()
    expect(watch.enter('/a')).toBeNull()
    watch.confined('/tree')
    expect(watch.enter('/tree/sys')).toBeNull()
    expect(watch.isOver).toBe(false)
  })

  it('is handed over at the first path that may hang, and does nothing after it', async () => {
    const watch = watchWith({ steady: (path) => path !== '/hung' })
    expect(() => watch.enter('/hung')).toThrow(HandOver)
    expect(watch.isOver).toBe(true)
    expect(() => watch.enter('/a')).toThrow(HandOver)
    await expect(watch.acting()).rejects.toThrow(HandOver)
  })

  it('asks for a tree once, and then for none of its files', () => {
    const asked: string[] = []
    const watch = watchWith({ steady: (path) => asked.push(path) > 0 })
    watch.confined('/tree')
    for (const name of ['a', 'b']) watch.enter(`/tree/${name}`)
    watch.enter('/treetop')
    expect(asked).toEqual(['/tree', '/treetop'])
  })

  it('has the standard input that was read for it, and waits for no other', () => {
    const watch = watchWith()
    expect(Buffer.from(watch.kept('-') ?? []).toString()).toBe('input')
    expect(() => watch.kept('/fifo')).toThrow(HandOver)
  })

  it('is handed over where it is large', () => {
    expect(() => watchWith().expect(2_048)).not.toThrow()
    expect(() => watchWith().expect(2_049)).toThrow(HandOver)
    const heavy = watchWith({ mebibytes: 401 })
    const readMany = () => {
      for (let path = 0; path < 600; path++) heavy.enter(`/${path}`)
    }
    expect(readMany).toThrow(HandOver)
  })

  it('tells of many functions, and of few not', () => {
    const told: string[] = []
    const watch = watchWith({ expectMany: () => told.push('many') })
    watch.expect(128)
    expect(told).toEqual([])
    watch.expect(129)
    expect(told).toEqual(['many'])
  })

  it('writes nothing before it is permitted', async () => {
    const watch = watchWith()
    let isWriting = false
    const written = watch.acting().then(() => {
      isWriting = true
    })
    await Promise.resolve()
    expect([watch.isAtWriting, isWriting]).toEqual([true, false])
    watch.permit()
    await written
    expect([watch.isAtWriting, isWriting]).toEqual([false, true])
    await watch.acting()
  })
})
