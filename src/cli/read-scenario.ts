import { closeSync, openSync, readSync } from 'node:fs'
import { parseScenario } from '../simulation/scenario/parse-scenario.js'
import {
  isScenarioProblem,
  type Scenario,
  type ScenarioProblem,
} from '../simulation/scenario/scenario.js'
import { SCENARIO_LIMIT } from '../simulation/scenario/yaml-value.js'
import { UsageError } from './errors.js'
import { fileFailure } from './input-file.js'

/** The scenario in a file. Throws a UsageError that names the line and what is wrong there. */
export function readScenario(file: string): Scenario {
  const text = decodeText(readBounded(file))
  const scenario = text === null ? NO_TEXT : parseScenario(text)
  if (isScenarioProblem(scenario)) throw scenarioError(file, scenario)
  return scenario
}

export function scenarioError(file: string, { line, problem }: ScenarioProblem): UsageError {
  const where = line === null ? file : `${file}, line ${line}`
  return new UsageError(`The scenario ${where}: ${problem}.`, {
    path: file,
    hint: 'A scenario is YAML with `steps`, as those under fixtures/scenarios.',
  })
}

const NO_TEXT: ScenarioProblem = { line: null, problem: 'it is no UTF-8 text' }

function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** A little more than a scenario may have: enough to see that it is too large, however large it is. */
function readBounded(file: string): Uint8Array {
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    const buffer = Buffer.alloc(SCENARIO_LIMIT + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(fd, buffer, length, buffer.length - length, null)
    }
    return buffer.subarray(0, length)
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined
    throw new UsageError(`Cannot read the scenario ${file}: ${fileFailure(errno)}.`, {
      path: file,
      errno,
      cause: error,
    })
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
