import { spawn } from 'node:child_process'
import { closeSync, createReadStream, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import koffi from 'koffi'
import { NODE } from './tool-node.js'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** More than any answer in the tests; a flood is cut here. */
const MOST_BYTES = 4_000_000

const TIOCSWINSZ = 0x5414
const O_RDWR_NOCTTY = 0o402

export interface TerminalRun {
  /** Everything that the terminal was given, stdout and stderr together. */
  readonly screen: string
  readonly exitCode: number | null
}

export interface TerminalWish {
  readonly columns: number
  readonly rows?: number
  /** Standard input, which comes so many milliseconds later. */
  readonly input?: Uint8Array
  readonly delayMs?: number
  readonly env?: Readonly<Record<string, string>>
  /** The terminal gets this width while the tool waits for its input. */
  readonly columnsLater?: number
}

/** Runs the built tool on a pseudo-terminal (pty(7)) of its own. */
export async function onTerminal(
  argv: readonly string[],
  { columns, rows = 24, input, delayMs = 0, env = {}, columnsLater }: TerminalWish,
): Promise<TerminalRun> {
  const { controller, terminal, resize } = openTerminal(columns, rows)
  const child = spawn(NODE, [BIN, ...argv], {
    stdio: ['pipe', terminal, terminal],
    env: { TERM: 'xterm', LANG: 'C.UTF-8', ...env },
  })
  let screen = ''
  const reader = createReadStream('', { fd: controller })
  reader.setEncoding('latin1')
  reader.on('data', (piece) => {
    screen += piece
    if (screen.length > MOST_BYTES) child.kill('SIGKILL')
  })
  // EIO tells that nobody has the terminal open any more.
  const drained = new Promise<void>((resolve) => {
    reader.on('error', () => resolve()).on('close', () => resolve())
  })
  child.stdin?.on('error', () => undefined)
  setTimeout(() => child.stdin?.end(input ?? ''), delayMs)
  if (columnsLater !== undefined) {
    setTimeout(() => {
      resize(columnsLater)
      child.kill('SIGWINCH')
    }, delayMs / 2)
  }
  const exitCode = await new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code))
  })
  closeSync(terminal)
  await drained
  return { screen, exitCode }
}

function openTerminal(columns: number, rows: number) {
  const libc = koffi.load(null)
  const controller = Number(libc.func('int posix_openpt(int flags)')(O_RDWR_NOCTTY))
  libc.func('int grantpt(int fd)')(controller)
  libc.func('int unlockpt(int fd)')(controller)
  const name = String(libc.func('const char *ptsname(int fd)')(controller))
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)')
  const resize = (width: number) => {
    // struct winsize: rows, columns, and two sizes in pixels.
    const size = Buffer.from(new Uint16Array([rows, width & 0xffff, 0, 0]).buffer)
    ioctl(controller, TIOCSWINSZ, koffi.address(size))
  }
  resize(columns)
  return { controller, terminal: openSync(name, O_RDWR_NOCTTY), resize }
}
