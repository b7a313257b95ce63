import { parsePciAddress } from '../../host/pci-address.js'
import { applySteps, type Plannable } from '../../preflight/planning/apply-steps.js'
import { runPreflight } from '../../preflight/preflight.js'
import type { PreflightQuestion } from '../../preflight/question.js'
import { preflightReport } from '../../preflight/report/preflight-report.js'
import { preflightScript } from '../../preflight/report/script.js'
import { describeFunctions, renderPreflight } from '../../preflight/report/text.js'
import { requestOfArguments } from '../../preflight/requests/vm-requests.js'
import { command as commandLine, finish, paragraph } from '../../text/layout.js'
import { joinPrintable, type Printable } from '../../text/printable.js'
import type { Style } from '../../text/style.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { namesFor } from '../flags.js'
import { preflightHost } from '../input/vm-inputs.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'

/** What the guide shows, in this order: why a VM does not start, what is to be done, and the same VM after it. */
export const DEMO_SCREENS = ['refused', 'bound', 'permitted'] as const
export type DemoScreen = (typeof DEMO_SCREENS)[number]

/** The graphics card of the demo host and its audio function (`docs/demo.md`). */
const CARD = ['0000:0a:00.0', '0000:0a:00.1'].flatMap((text) => parsePciAddress(text) ?? [])

/** One screen of the guide: a command, what it answers on the demo host, and what comes next. */
export function guideDemo(command: BaseCommand, screen: DemoScreen): Promise<Answer> {
  const wish = { from: { demo: true }, wake: false, holders: true }
  return withHost(command, wish, ({ tree, host }) => {
    const vms = [requestOfArguments(CARD, 'unmanaged')]
    const start = { ...preflightHost(tree, host, vms), question: question(vms, screen) }
    const asked = screen === 'permitted' ? afterPlan(start) : start
    const preflight = runPreflight(asked, asked.question)
    const inputs = vms.map(() => ({ file: null, format: null, skipped: [] }))
    const report = preflightReport({
      host: asked.host,
      preflight,
      inputs,
      style: 'sysfs',
      tool: TOOL,
    })
    return {
      document: () => report,
      text: (style) => {
        const { functions } = asked.host.raw
        const names = namesFor(command, { numeric: false, 'pci-ids': undefined }, functions)
        const describe = describeFunctions(functions, names)
        const answer =
          screen === 'bound'
            ? preflightScript(report)
            : renderPreflight(report, { ...style, extent: 'first-screen', all: false, describe })
        return joinPrintable([introduction(screen, style), answer, outlook(screen, style)])
      },
    }
  })
}

function question(vms: PreflightQuestion['vms'], screen: DemoScreen): PreflightQuestion {
  return { vms, via: 'auto', policy: null, withinGroup: false, plans: screen !== 'refused' }
}

/** The host and the question after the plan for the VM was carried out in memory. */
function afterPlan(start: Plannable): Plannable {
  const plan = runPreflight(start, start.question).vms[0]?.plan
  const steps = plan?.found === true ? plan.steps.map(({ step }) => step) : []
  return applySteps(start, steps, 0)
}

interface ScreenWords {
  readonly title: string
  readonly told: string
  /** The command line whose answer is shown. */
  readonly shown: string
  readonly next: readonly string[]
}

const ASKED = 'vfio-reset preflight --demo 0a:00.0 0a:00.1'

const WORDS: Readonly<Record<DemoScreen, ScreenWords>> = {
  refused: {
    title: '1 of 3: refused.',
    told: 'A VM is to get a graphics card, 0a:00.0 and its audio function 0a:00.1. The first is bound to vfio-pci already.',
    shown: ASKED,
    next: ['vfio-reset demo bound'],
  },
  bound: {
    title: '2 of 3: bound.',
    told: 'What has to be done, as a script. It was tried in memory; nothing was executed.',
    shown: `${ASKED} --plan`,
    next: ['vfio-reset demo permitted'],
  },
  permitted: {
    title: '3 of 3: permitted.',
    told: 'The same question after the script: the demo host is a copy, so it was carried out in memory.',
    shown: ASKED,
    next: ['vfio-reset inspect', 'vfio-reset preflight DEVICE…'],
  },
}

function introduction(screen: DemoScreen, style: Style): Printable {
  const { title, told, shown } = WORDS[screen]
  return finish(
    [...paragraph(`${title} ${told}`, style, { tone: 'strong' }), '', `$ ${shown}`],
    style,
  )
}

function outlook(screen: DemoScreen, style: Style): Printable {
  const { next } = WORDS[screen]
  const lead = screen === 'permitted' ? 'On a host of your own:' : 'Next:'
  return finish(['', ...paragraph(lead, style), ...next.map(commandLine)], style)
}
