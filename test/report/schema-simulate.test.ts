import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Static } from 'typebox'
import { describe, expect, it } from 'vitest'
import { TOOL } from '../../src/cli/tool.js'
import { POLICIES } from '../../src/policy/policies/index.js'
import type { SimulateDocument } from '../../src/report/schema-simulate.js'
import {
  type SimulateReport,
  simulateReport,
} from '../../src/simulation/report/simulate-document.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem, type PolicyChoice } from '../../src/simulation/scenario/scenario.js'
import { simulate } from '../../src/simulation/simulate.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { LABS, loadLabState } from '../support/fixtures.js'
import { readOracle } from '../support/oracle.js'
import { asStep } from '../support/oracle-play.js'

/** `T` with everything in it readonly, as reports are. */
type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : { readonly [K in keyof T]: Immutable<T[K]> }

// Compiles only while every report fits the schema.
type Written = SimulateReport extends Immutable<Static<typeof SimulateDocument>> ? true : false
true satisfies Written

const SHIPPED = new URL('../../share/schema/simulate.schema.json', import.meta.url)

const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(SHIPPED, 'utf8')),
)

describe('the schema of `simulate --json`', () => {
  it.each(LABS)('holds for everything that is simulated on %s', async (lab) => {
    for (const { state, steps } of Object.values(readOracle(lab).scenarios)) {
      const raw = await loadLabState(lab, state)
      const texts = steps.flatMap((step) => asStep(step) ?? [])
      const scenario = parseScenario(JSON.stringify({ steps: texts }))
      if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
      const host = analyseHost(raw)
      const policies: readonly PolicyChoice[] = POLICIES.map(({ id }) => id)
      const simulation = simulate({ host, scenario, policies, infoForm: 'kernel' })
      if (isScenarioProblem(simulation)) throw new Error(simulation.problem)
      const facts = { host, simulation, infoForm: 'kernel', tool: TOOL } as const
      const document = JSON.parse(JSON.stringify(simulateReport({ ...facts, policy: 'all' })))
      expect(validate(document) ? [] : validate.errors).toEqual([])
    }
  })
})
