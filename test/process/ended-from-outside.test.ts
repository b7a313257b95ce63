import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// Whoever ends the process that does the work (the kernel, where memory runs out) is no bug of the tool.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the process that does the work', () => {
  let host: string

  beforeAll(() => {
    host = mkdtempSync(join(tmpdir(), 'vfio-reset-ended-'))
    mkdirSync(join(host, 'sys/bus/pci/devices'), { recursive: true })
  })
  afterAll(() => rmSync(host, { recursive: true }))

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'was ended by %s: that is said, as a failure of the host',
    async (signal) => {
      const words = ['watch', '--root', host]
      const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), ...words])
      const stderr = text(child.stderr)
      const ended = new Promise((resolve) => child.on('exit', resolve))
      const [worker] = await childrenOf(child.pid)
      process.kill(Number(worker), signal)
      expect(await ended).toBe(3)
      expect(await stderr).toContain(`was ended by ${signal}`)
    },
    120_000,
  )
})

async function childrenOf(pid: number | undefined): Promise<readonly string[]> {
  for (;;) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
    if (children !== '') return children.split(' ')
    await setTimeout(20)
  }
}
