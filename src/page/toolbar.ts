import { legendItems } from '../drawing/legend.js'
import { element, type Markup } from '../drawing/markup.js'
import { KERNEL_POLICIES } from '../policy/find-policy.js'
import { type ListedPolicy, POLICIES, type PolicyId } from '../policy/policies/index.js'
import { isHypothetical } from '../policy/policy.js'

/** The choices above the drawing. Made once: they keep their state themselves. */
export function toolbar(policy: PolicyId): readonly Markup[] {
  return [
    policyChoice(policy),
    element(
      'label',
      { class: 'search' },
      'Find',
      element('input', {
        id: 'find',
        type: 'search',
        size: 32,
        placeholder: 'address, name, id, group 7, refused',
        autocomplete: 'off',
      }),
      element('output', { id: 'found', for: 'find' }),
    ),
    buttons('Folding', [
      ['unfold', 'Unfold all'],
      ['fold', 'Fold'],
    ]),
    buttons('Size', [
      ['smaller', '−'],
      ['larger', '+'],
      ['fit', 'Fit'],
    ]),
    keys(),
  ]
}

function policyChoice(chosen: PolicyId): Markup {
  const group = (label: string, policies: readonly ListedPolicy[]): Markup =>
    element('optgroup', { label }, ...policies.map((each) => option(each, chosen)))
  const select = element(
    'select',
    { id: 'policy' },
    group('Kernels have it', KERNEL_POLICIES),
    group('Only proposed', POLICIES.filter(isHypothetical)),
  )
  return element('label', 'Policy', select)
}

/** What the marks mean, at the foot of the drawing. */
export function legendLine(): readonly Markup[] {
  return legendItems().map(({ mark, text, meaning }) =>
    element(
      'span',
      { title: `${text}: ${meaning}` },
      element(
        'svg',
        { width: 30, height: 18, viewBox: '-2 -1 30 18', 'aria-hidden': 'true' },
        ...mark,
      ),
      text,
    ),
  )
}

function keys(): Markup {
  return element(
    'details',
    { class: 'keys' },
    element('summary', 'Keys'),
    element(
      'p',
      'Arrow keys move, Enter shows the detail, A or B gives to that VM or takes back, + and − unfold and fold; drag to move, Ctrl and the wheel or two fingers zoom; the address of the page keeps your choices.',
    ),
  )
}

function option({ id, title }: ListedPolicy, chosen: PolicyId): Markup {
  return element(
    'option',
    { value: id, selected: id === chosen ? '' : undefined },
    `${id}: ${title}`,
  )
}

const NAMES: Readonly<Record<string, string>> = { smaller: 'Smaller', larger: 'Larger' }

function buttons(label: string, all: readonly (readonly [string, string])[]): Markup {
  return element(
    'span',
    { class: 'group', role: 'group', 'aria-label': label },
    ...all.map(([id, text]) =>
      element('button', { type: 'button', id, 'aria-label': NAMES[id] ?? text }, text),
    ),
  )
}
