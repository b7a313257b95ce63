import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readRecordings } from '../../lab/recordings.js'
import { replay } from '../../lab/replay.js'

const FOLDER = 'fixtures/lab'
const scratch = mkdtempSync(join(tmpdir(), 'vfio-reset-replay-'))
afterAll(() => rmSync(scratch, { recursive: true }))

it.each(readdirSync(FOLDER))(
  'the model says what %s answered',
  async (kernel) => {
    const recordings = await readRecordings(FOLDER, kernel)
    const outcomes = await Promise.all(recordings.map((recording) => replay(recording, scratch)))
    expect(outcomes.flat().length).toBeGreaterThan(0)
    expect(outcomes.flat().filter(({ verdict }) => verdict !== 'agreed')).toStrictEqual([])
  },
  60_000,
)
