import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { judgeFormat } from './judge-format.mjs'

/** Processor time in milliseconds and bytes of memory that one case may take. */
const MOST_CPU_MS = 10_000
const MOST_BYTES = 1024 ** 3

/** What acts on a terminal: control characters but line breaks, marks of direction, characters of no width. */
// biome-ignore lint/complexity/useRegexLiterals: as a literal it would hold control characters.
const ACTS = new RegExp(
  '[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]',
)

/** Colours that were asked for. */
// biome-ignore lint/complexity/useRegexLiterals: as a literal it would hold control characters.
const COLORS = new RegExp('\\u001b\\[(?:[12]|22|3[1239])m', 'g')

const CODES = new Set([0, 1, 2, 3, 4])
const HOOK_CODES = new Set([0, 1, 2])

/** What is wrong with how a case went; nothing, mostly. `run`: exitCode, stdout, stderr, cpuMs, bytes. */
export function judge(made, run, folder, schemaErrors) {
  const case_ = { made, run, folder, schemaErrors }
  return CHECKS.flatMap((check) => check(case_))
}

const CHECKS = [judgeEnd, judgeCost, judgeStreams, judgeJson, judgeFiles, judgeDrawing, judgeLeaks]

function judgeEnd({ made, run: { exitCode, stderr } }) {
  if (made.signal !== undefined) return []
  const codes = made.hook === true ? HOOK_CODES : CODES
  const isSilent = made.argv.includes('-q') || made.streams !== undefined
  return [
    ...(codes.has(exitCode) ? [] : [quote(`exit code ${exitCode}`, stderr)]),
    ...(/Internal error|^ {4}at /m.test(stderr) ? [quote('a crash', stderr)] : []),
    ...(exitCode === 2 && !isSilent && !/^vfio-reset: .+\n/.test(stderr)
      ? [quote('exit 2 without a sentence', stderr)]
      : []),
  ]
}

function judgeCost({ run: { cpuMs, bytes } }) {
  return [
    ...(cpuMs > MOST_CPU_MS ? [`${Math.round(cpuMs)} ms of processor time`] : []),
    ...(bytes > MOST_BYTES ? [`${bytes} bytes of memory`] : []),
  ]
}

function judgeStreams({ made, run }) {
  const names = made.binary === true ? ['stderr'] : ['stdout', 'stderr']
  const shown = (text) => (made.env?.FORCE_COLOR === undefined ? text : text.replace(COLORS, ''))
  return names.flatMap((name) => actsOn(name, shown(run[name])))
}

function actsOn(what, text) {
  const at = text.search(ACTS)
  return at < 0 ? [] : [quote(`${what} acts on a terminal`, text.slice(Math.max(0, at - 40)))]
}

function judgeJson({ made, run: { stdout }, schemaErrors }) {
  const isWhole = made.streams === undefined && made.signal === undefined
  if (!made.argv.includes('--json') || !stdout.startsWith('{') || !isWhole) return []
  try {
    const errors = schemaErrors(JSON.parse(stdout))
    return errors === null ? [] : [quote('the schema', errors)]
  } catch (error) {
    return [quote('no JSON', String(error))]
  }
}

function judgeFiles({ made: { files, writes, tree }, folder }) {
  if (writes === null) return []
  const allowed = new Set([...Object.keys(files), ...(writes ?? [])])
  if (tree !== undefined) allowed.add('tree')
  const strange = readdirSync(folder).filter((name) => !allowed.has(name))
  return strange.length === 0 ? [] : [quote('files left behind', strange.join(' '))]
}

function judgeDrawing({ made: { format }, run: { exitCode, stdout }, folder }) {
  if (format === undefined || exitCode >= 2) return []
  const text = format === 'markdown' ? stdout : read(join(folder, 'out'))
  return [...actsOn(format, text.replaceAll('\t', '')), ...judgeFormat(format, text)]
}

/** What the user said comes back to the user: names of files on the command line. */
function judgeLeaks({ made: { leaks, writes = [], files }, run: { stdout }, folder }) {
  if (leaks === undefined) return []
  const told = Object.keys(files).reduce(
    (text, name) => text.replaceAll(join(folder, name), ''),
    stdout,
  )
  const texts = [['stdout', told], ...writes.map((name) => [name, read(join(folder, name))])]
  return texts.flatMap(([name, text]) => {
    const at = text.search(leaks)
    return at < 0 ? [] : [quote(`a leak in ${name}`, text.slice(Math.max(0, at - 80)))]
  })
}

/** A file as text, unpacked if it is packed. */
function read(path) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return ''
  const bytes = readFileSync(path)
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')
}

function quote(what, text) {
  return `${what}: ${JSON.stringify(text.slice(0, 300))}`
}
