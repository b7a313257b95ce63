import { describe, expect, it } from 'vitest'
import { dotText } from '../../src/drawing/dot.js'
import { mermaidText } from '../../src/drawing/mermaid.js'
import { fitText, textWidth } from '../../src/drawing/text-width.js'
import { node, sceneOf } from './nodes.js'

const HOSTILE = 'a"]; evil [label="x" \\ <b> `c` #quot; --> \n end'
const SCENE = sceneOf(
  [
    node('port', {
      kind: 'port',
      acs: { text: 'ACS SV RR', state: 'enforced' },
      children: [
        node('gpu', { name: HOSTILE, mark: { kind: 'no', text: 'refused EINVAL' } }),
        node('audio', { mark: { kind: 'yes', text: 'permitted' } }),
      ],
    }),
  ],
  {
    groups: [
      { label: 'group 15', members: ['gpu', 'audio'] },
      { label: 'group 1', members: ['port'] },
    ],
    sets: [
      { kind: 'dev-set', label: 'dev_set bus 0000:0a', members: ['gpu'] },
      { kind: 'reset', label: 'reset "together"', members: ['gpu', 'audio'] },
    ],
  },
)

describe('dotText', () => {
  it('keeps a hostile name inside its quotes', () => {
    const lines = dotText(SCENE, 'A "host"').split('\n')
    const gpu = lines.filter((line) => /^ *n1 \[/.test(line))
    expect(gpu).toHaveLength(1)
    expect(gpu[0]).toContain(String.raw`a\"]; evil [label=\"x\" \\ <b>`)
    // Without its quoted strings no line may hold what was in them.
    for (const line of lines) expect(line.replace(/"(?:\\.|[^"\\])*"/g, '')).not.toContain('evil')
  })

  it('has clusters for groups, edges for the hierarchy, and a double border for dev_sets', () => {
    const text = dotText(SCENE, 'A host')
    expect(text).toMatch(/subgraph cluster_0 {\n {4}graph \[label="group 15"/)
    expect(text).toContain('root0 -> n0;')
    expect(text).toContain('n0 -> n1;')
    expect(text).toMatch(/n1 \[.*dev_set bus 0000:0a.*peripheries=2\]/)
    expect(text).toMatch(/n2 \[.*✓ permitted/)
  })

  it('has an arrow for each way sideways', () => {
    const text = dotText({ ...SCENE, passages: [{ from: ['gpu'], to: ['gpu', 'audio'] }] }, '')
    expect(text.match(/style=dashed/g)).toHaveLength(1)
    expect(text).toMatch(/n1 -> n2 \[style=dashed, constraint=false, color="#b3261e"/)
  })

  it('joins what is reset together, and gives no box to a group of one', () => {
    const text = dotText(SCENE, 'A host')
    expect(text).toContain(
      String.raw`n1 -> n2 [style=dotted, constraint=false, label="reset \"together\""];`,
    )
    expect(text).toMatch(/n2 \[label="[^\n]*reset together with a/)
    expect(text.match(/subgraph/g)).toHaveLength(1)
    expect(text).not.toContain('label="group 1"')
  })
})

describe('mermaidText', () => {
  it('draws what is reset together and the ways sideways, as far as Mermaid takes lines', () => {
    const text = mermaidText({ ...SCENE, passages: [{ from: ['gpu'], to: ['gpu', 'audio'] }] }, '')
    expect(text).toContain('n1 -.-|"reset #34;together#34;"| n2')
    expect(text).toContain('n1 -. ACS ✗ .-> n2')
    const many = Array.from({ length: 400 }, (_, place) => node(`f${place}`))
    const members = many.map(({ id }) => id)
    const chart = mermaidText(
      sceneOf(many, {
        sets: [{ kind: 'reset', label: 'reset together', members }],
        passages: [{ from: members, to: members }],
      }),
      '',
    )
    expect(chart.match(/ (---|-\.-|-\. ACS)/g)).toHaveLength(500)
  })

  it('writes what could be syntax as entities', () => {
    const text = mermaidText(SCENE, 'A "host" %%{init}%%')
    const [title] = text.split('\n')
    expect(title).toBe('%% A #34;host#34; #37;#37;#123;init#125;#37;#37;')
    const gpu = text.split('\n').find((line) => line.includes('evil')) ?? ''
    expect(gpu).toMatch(/^ {4}n1\["[A-Za-z0-9 .,:/_+#;<>·✓✗-]*"\]:::refused$/)
    expect(gpu.match(/<[^>]*>/g)?.every((tag) => tag === '<br/>')).toBe(true)
  })

  it('has subgraphs for groups of several functions only', () => {
    const text = mermaidText(SCENE, 'A host')
    expect(text.match(/subgraph .*/g)).toEqual(['subgraph g0["group 15"]'])
    expect(text).toContain('  r0 --- n0\n')
    expect(text).toContain('  n1 -.-|"reset #34;together#34;"| n2\n')
    expect(text).toMatch(/n1\[".*<br\/>reset together with audio"\]/)
  })
})

describe('fitText', () => {
  it('keeps what fits and cuts what does not', () => {
    expect(fitText('igb', 11, 100)).toBe('igb')
    const cut = fitText('NVIDIA GA102 [GeForce RTX 3090]', 11, 80)
    expect(cut).toMatch(/^NVIDIA .*…$/)
    expect(textWidth(cut, 11)).toBeLessThanOrEqual(80)
  })

  it('never cuts a character in two', () => {
    expect(fitText('𝕏𝕏𝕏𝕏𝕏𝕏', 10, 30)).toMatch(/^𝕏*…$/u)
  })
})
