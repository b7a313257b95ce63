/**
 * Style of the drawing: in the page and in every SVG file. Colours are variables, so light, dark and paper are three
 * sets of values. Nothing is said by colour alone: verdicts have signs, groups have labels and patterns, sets have
 * their own lines.
 */
export const DRAWING_STYLE = `
.topology{${lightColours()}font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;color:var(--ink)}
@media (prefers-color-scheme:dark){.topology{${darkColours()}}}
@media print{.topology{${lightColours()}print-color-adjust:exact;-webkit-print-color-adjust:exact}}
.topology text{fill:var(--ink)}
.topology .paper{fill:var(--paper)}
.topology .heading{font-weight:600}
.topology .link{fill:none;stroke:var(--link);stroke-width:1.5}
.topology .link-label{fill:var(--soft)}
.topology .way{fill:none;stroke:var(--bad);stroke-width:1.5;stroke-dasharray:4 3}
.topology .head{fill:var(--bad)}
.topology .face{fill:var(--face);stroke:var(--edge);stroke-width:1}
.topology .port .face{fill:var(--port)}
.topology .several .face{stroke-dasharray:4 2}
.topology .behind{fill:var(--face);stroke:var(--edge);stroke-width:1}
.topology .port .behind{fill:var(--port)}
.topology .name{font-weight:650;font-variant-numeric:tabular-nums}
.topology .port .name{font-weight:400}
.topology .what{fill:var(--soft)}
.topology .facts{fill:var(--soft)}
.topology .alert{fill:var(--bad);font-weight:600}
.topology .verdict{font-weight:650}
.topology .yes .verdict{fill:var(--good)}
.topology .no .verdict{fill:var(--bad)}
.topology .harmless .verdict{fill:var(--soft)}
.topology .unsure .verdict{fill:var(--unsure)}
.topology .stripe{fill:none;stroke-width:5}
.topology .yes .stripe{stroke:var(--good)}
.topology .no .stripe{stroke:var(--bad)}
.topology .harmless .stripe{stroke:var(--link)}
.topology .unsure .stripe{stroke:var(--unsure);stroke-dasharray:4 3}
.topology .none .stripe{stroke:none}
.topology .card.no .face{stroke:var(--bad);stroke-width:1.5}
.topology .asked .face,.topology .selected .face{stroke:var(--focus);stroke-width:2.5}
.topology .affected .face{fill:var(--affected)}
.topology .vm-a .face{stroke:var(--vm-a);stroke-width:2.5}
.topology .vm-b .face{stroke:var(--vm-b);stroke-width:2.5}
.topology .lit .face{fill:var(--affected);stroke:var(--focus);stroke-width:2.5}
.topology .acs rect{stroke-width:1.25}
.topology .acs text{font-weight:650}
.topology .acs.enforced rect{fill:var(--face);stroke:var(--good)}
.topology .acs.enforced text{fill:var(--good)}
.topology .acs.open rect{fill:var(--bad);stroke:var(--bad)}
.topology .acs.open text{fill:var(--face)}
.topology .acs.unread rect{fill:var(--face);stroke:var(--unsure);stroke-dasharray:3 2}
.topology .acs.unread text{fill:var(--unsure)}
.topology .region{stroke:currentColor;stroke-width:1.5}
.topology .region-label{fill:currentColor;font-weight:600}
.topology .wash{fill:currentColor;fill-opacity:.13}
.topology .weave{fill:none;stroke:currentColor;stroke-opacity:.32;stroke-width:1}
.topology .outline{fill:none;stroke:var(--ink)}
.topology .outline.dev-set{stroke-width:2}
.topology .outline.reset{stroke-width:1.25;stroke-dasharray:2 3}
.topology .outline-label{fill:var(--ink)}
.topology .outline-label.dev-set{font-weight:650}
.topology .t0{color:var(--t0)}.topology .t1{color:var(--t1)}.topology .t2{color:var(--t2)}.topology .t3{color:var(--t3)}
.topology .t4{color:var(--t4)}.topology .t5{color:var(--t5)}.topology .t6{color:var(--t6)}.topology .t7{color:var(--t7)}
`.trim()

/** Eight hues that people with colour blindness tell apart as well as eight can be (after Okabe and Ito). */
function lightColours(): string {
  return [
    '--ink:#17202a;--soft:#46515e;--paper:#fff;--face:#fff;--port:#eef1f5;--edge:#aeb7c2;--link:#8b96a3;',
    '--affected:#fff3d6;--focus:#1257c7;--good:#17713a;--bad:#b3261e;--unsure:#8a5a00;--vm-a:#1257c7;--vm-b:#9a1f8a;',
    '--t0:#0067a8;--t1:#b25300;--t2:#007a5a;--t3:#8a3fa0;--t4:#7a6a00;--t5:#b3266b;--t6:#00748c;--t7:#5b5fc7;',
  ].join('')
}

function darkColours(): string {
  return [
    '--ink:#e8edf2;--soft:#aab5c1;--paper:#12161b;--face:#1b2129;--port:#262e38;--edge:#4b5663;--link:#6d7986;',
    '--affected:#3d3213;--focus:#7fb0ff;--good:#6fd08c;--bad:#ff8a80;--unsure:#f0b54a;--vm-a:#7fb0ff;--vm-b:#f28be4;',
    '--t0:#5fb4f2;--t1:#f2a25c;--t2:#4fd0a6;--t3:#d396ea;--t4:#d9c64e;--t5:#f48fc0;--t6:#54cbe4;--t7:#a9acff;',
  ].join('')
}
