import { isatty } from 'node:tty'
import { parseScenario } from '../../simulation/scenario/parse-scenario.js'
import {
  isScenarioProblem,
  type Scenario,
  type ScenarioProblem,
} from '../../simulation/scenario/scenario.js'
import { SCENARIO_LIMIT } from '../../simulation/scenario/yaml-value.js'
import { errnoOf, UsageError } from '../errors.js'
import { fileFailure, readNamed, utf8Text } from './input-file.js'
import { STDIN } from './standard-input.js'

/** The scenario in a file, or on standard input for `-`. Throws a UsageError that names the line and what is wrong there. */
export function readScenario(file: string): Scenario {
  const text = utf8Text(readFile(file))
  const scenario = text === null ? NO_TEXT : parseScenario(text)
  if (isScenarioProblem(scenario)) throw scenarioError(file, scenario)
  return scenario
}

export function scenarioError(file: string, { line, problem }: ScenarioProblem): UsageError {
  const name = file === STDIN ? 'on standard input' : file
  const where = line === null ? name : `${name}, line ${line}`
  return new UsageError(`The scenario ${where}: ${problem}.`, {
    path: file,
    hint: 'A scenario is YAML with `steps`, as those under fixtures/scenarios.',
  })
}

const NO_TEXT: ScenarioProblem = { line: null, problem: 'it is no UTF-8 text' }

function readFile(file: string): Uint8Array {
  if (file === STDIN && isatty(0)) {
    throw new UsageError('Cannot read the scenario: standard input is a terminal.', {
      hint: 'Pipe it in, or name a file.',
    })
  }
  try {
    return readNamed(file, SCENARIO_LIMIT)
  } catch (error) {
    const errno = errnoOf(error)
    const message = `Cannot read the scenario ${file}: ${fileFailure(errno)}.`
    throw new UsageError(message, { path: file, errno, cause: error })
  }
}
