import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type BlockingReader,
  startDeadlineReader,
} from '../../../src/host/thread/deadline-reader.js'
import { openDirectoryTree } from '../../../src/host/tree/directory-tree.js'
import { isFailure } from '../../../src/host/tree/tree.js'
import { configBytes } from '../tree/tree-literal.js'

const THREAD = fileURLToPath(new URL('../../../src/host/thread', import.meta.url))

/** The reading thread, but whatever has "hang" in its name never answers. */
const HANGING = `
  import { parentPort, workerData } from 'node:worker_threads'
  import { readConfigFile } from '../config/config-file.js'
  import { serveReads } from './serve-reads.js'
  const hang = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  serveReads(parentPort, workerData, {
    config: (file, wrap) => file.path.includes('hang') ? hang() : readConfigFile(file, wrap),
    text: (path) => path.includes('hang') ? hang() : path,
  })
`

let folder = ''
let hanging = ''
let real = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-deadline-'))
  hanging = bundle('hanging', { contents: HANGING, resolveDir: THREAD, loader: 'ts' })
  real = bundle('real', {
    contents: "import './config-worker.js'",
    resolveDir: THREAD,
    loader: 'ts',
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

function bundle(name: string, stdin: Parameters<typeof buildSync>[0]['stdin'] & object): string {
  const outfile = join(folder, `${name}.cjs`)
  buildSync({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
  return outfile
}

async function withReader<T>(
  use: (reader: BlockingReader) => Promise<T>,
  deadlineMs = 300,
): Promise<T> {
  const reader = startDeadlineReader({ workerFile: hanging, deadlineMs })
  try {
    return await use(reader)
  } finally {
    reader.close()
  }
}

describe('a file that never answers', () => {
  test('is a timeout, and the files around it are read', async () => {
    await withReader(async (reader) => {
      expect(await reader.readTexts(['a', 'b', 'hang', 'c'])).toMatchObject([
        'a',
        'b',
        { why: 'timeout' },
        'c',
      ])
      expect(reader.stuck).toBe(true)
      expect(await reader.readTexts(['d'])).toEqual(['d'])
    })
  })

  test('among config files costs no other', async () => {
    writeFileSync(join(folder, 'config'), configBytes())
    const file = (name: string) => ({ path: join(folder, name), isKernels: true })
    await withReader(async (reader) => {
      const answers = await reader.readConfigs([file('config'), file('hang'), file('config')])
      expect(answers).toMatchObject([{ size: 4096 }, { why: 'timeout' }, { size: 4096 }])
    })
  })

  test('four times over is enough: the rest is not tried', async () => {
    await withReader(async (reader) => {
      const answers = await reader.readTexts(['hang', 'hang', 'a', 'hang', 'hang', 'b'])
      expect(answers.map((answer) => (isFailure(answer) ? answer.why : answer))).toEqual([
        'timeout',
        'timeout',
        'a',
        'timeout',
        'timeout',
        'timeout',
      ])
    })
  })
})

test('without such a file nothing is stuck, and jobs keep their order', async () => {
  await withReader(async (reader) => {
    const [first, second] = await Promise.all([
      reader.readTexts(['a', 'b']),
      reader.readTexts(['c']),
    ])
    expect([first, second, await reader.readTexts([])]).toEqual([['a', 'b'], ['c'], []])
    expect(reader.stuck).toBe(false)
  }, 30_000)
})

test('a thread that cannot start is told', async () => {
  const reader = startDeadlineReader({ workerFile: join(folder, 'none.cjs'), deadlineMs: 200 })
  await expect(reader.readTexts(['a'])).rejects.toThrow(/none\.cjs/)
})

test('the thread reads what reading at once would read', async () => {
  const names = ['whole', 'cut', 'short', 'empty'] as const
  const sizes = { whole: 4096, cut: 256, short: 64, empty: 0 }
  for (const name of names) {
    writeFileSync(join(folder, name), configBytes({ headerType: 1 }).slice(0, sizes[name]))
  }
  // More than one batch of answers.
  const paths = Array.from({ length: 600 }, (_, at) => names[at % names.length] ?? 'none')
  const threads = [null, { workerFile: real, deadlineMs: 10_000 }]
  const [here, there] = await Promise.all(
    threads.map(async (thread) => {
      const tree = openDirectoryTree({ root: folder, live: false, thread })
      if (isFailure(tree)) throw new Error(tree.detail)
      const answers = await tree.readConfigs([...paths, 'none'])
      tree.close()
      return answers
    }),
  )
  expect(here).toHaveLength(601)
  expect(there).toEqual(here)
})
