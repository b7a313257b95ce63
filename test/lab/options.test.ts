import { expect, it } from 'vitest'
import { spread } from '../../lab/bench.js'
import { readOptions } from '../../lab/options.js'

it('a full run has no limit of time and keeps its answers', () => {
  expect(readOptions([], '/cache')).toMatchObject({
    cache: '/cache',
    minutes: null,
    most: 40,
    again: false,
    smoke: false,
    shrinks: true,
  })
})

it('zero stands for all', () => {
  expect(readOptions(['--most', '0'], '/cache')).toMatchObject({ most: null })
})

it('a smoke run asks anew, within limits that can be changed', () => {
  expect(readOptions(['--smoke'], '/cache')).toMatchObject({ minutes: 8, most: 10, again: true })
  expect(readOptions(['--smoke', '--minutes', '20'], '/cache')).toMatchObject({ minutes: 20 })
})

it('messages are recorded by all scripts, or by those that are named', () => {
  expect(readOptions([], '/cache')).toMatchObject({ messages: null })
  expect(readOptions(['--messages'], '/cache')).toMatchObject({ messages: [] })
  expect(readOptions(['--messages', 'qemu-group'], '/cache')).toMatchObject({
    messages: ['qemu-group'],
  })
  expect(readOptions(['qemu-group'], '/cache')).toMatch(/qemu-group/)
})

it('what is not understood is said, with the usage', () => {
  expect(readOptions(['--seed', 'x'], '/cache')).toMatch(/^--seed takes a whole number\.\nUsage/)
  expect(readOptions(['--speed'], '/cache')).toMatch(/--speed/)
})

it('a part of many is spread over all of them', () => {
  expect(spread([1, 2, 3, 4, 5, 6], 3)).toStrictEqual([1, 3, 5])
  expect(spread([1, 2], 3)).toStrictEqual([1, 2])
  expect(spread([1, 2], null)).toStrictEqual([1, 2])
})
