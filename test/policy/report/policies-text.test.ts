import { describe, expect, it } from 'vitest'
import { POLICIES } from '../../../src/policy/policies/index.js'
import { policiesReport } from '../../../src/policy/report/policies-document.js'
import { renderPolicies } from '../../../src/policy/report/policies-text.js'
import { displayWidth } from '../../../src/text/layout.js'
import { flowing, PIPE, terminal } from '../../support/report-of.js'

const report = policiesReport({ name: 'vfio-reset', version: '0.0.0' })

describe('renderPolicies', () => {
  it('states the rule, the origin and the release of every policy', () => {
    const text = flowing(renderPolicies(report, PIPE))
    for (const { id, rule, origin } of POLICIES) {
      expect(text).toContain(id)
      expect(text).toContain(rule)
      expect(text).toContain(`${origin.by}, ${origin.date}: ${origin.subject}`)
    }
    expect(text).toContain('since Linux 3.12')
  })

  it('keeps what kernels have apart from what was only proposed', () => {
    const [, real, hypothetical] = renderPolicies(report, PIPE).split(/^Policies that/m)
    expect(real).toContain('iommufd')
    expect(real).not.toContain('closure')
    expect(hypothetical).toContain('closure')
  })

  it('fits a narrow terminal', () => {
    for (const line of renderPolicies(report, terminal(60)).split('\n')) {
      expect(displayWidth(line)).toBeLessThanOrEqual(60)
    }
  })
})
