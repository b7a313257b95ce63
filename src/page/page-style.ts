/** Style of the page around the drawing; colours are those of the drawing. */
export const PAGE_STYLE = `
*{box-sizing:border-box}
html,body{height:100%}
body{margin:0;display:grid;grid-template-rows:auto auto minmax(0,1fr) auto;background:var(--paper);color:var(--ink);font-size:14px;line-height:1.45}
header{display:flex;flex-wrap:wrap;gap:2px 18px;align-items:baseline;padding:11px 20px 0}
h1{font-size:19px;margin:0;line-height:1.25;overflow-wrap:anywhere}
h2{font-size:16px;margin:0 0 4px;overflow-wrap:anywhere}
h3{font-size:13px;margin:18px 0 5px;padding-bottom:3px;border-bottom:1px solid var(--edge)}
p{margin:4px 0}
header p,.soft{color:var(--soft)}
[hidden]{display:none}
#tools{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;padding:8px 20px 10px;border-bottom:1px solid var(--edge)}
#tools label{display:inline-flex;gap:6px;align-items:center}
#tools .group{display:inline-flex;gap:4px}
#tools .keys p{font-size:12px;margin:0;color:var(--soft)}
#view{display:grid;grid-template-rows:minmax(0,1fr) auto;min-height:0;min-width:0;position:relative}
#legend{display:flex;flex-wrap:wrap;gap:1px 13px;padding:5px 20px 6px;border-top:1px solid var(--edge);font-size:11.5px;color:var(--soft)}
#legend span{display:inline-flex;gap:4px;align-items:center;white-space:nowrap}
button,select,input{font:inherit;color:inherit;background:var(--face);border:1px solid var(--edge);border-radius:5px;padding:4px 9px}
button{cursor:pointer}
button:hover{border-color:var(--ink)}
button[aria-disabled=true]{opacity:.5;cursor:default}
:focus-visible{outline:3px solid var(--focus);outline-offset:1px}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(320px,27vw);min-height:0}
#drawing{overflow:auto;cursor:grab;touch-action:pan-x pan-y;padding:4px 8px 6px;min-height:0}
#drawing svg{display:block}
#drawing,#map{grid-area:1/1}
#map{align-self:end;justify-self:end;margin:0 22px 20px 0;position:relative;overflow:hidden;cursor:crosshair;touch-action:none;background:var(--paper);border:1px solid var(--edge);border-radius:4px;opacity:.94}
#map svg{display:block}#map .all{fill:var(--link)}#map .no{fill:var(--bad)}
#frame{position:absolute;border:2px solid var(--focus);border-radius:2px;min-width:6px;min-height:6px}
#paper{display:none}
aside{overflow:auto;border-left:1px solid var(--edge);padding:14px 18px 30px;min-height:0;overflow-wrap:anywhere}
#vm{padding:10px 12px;border:1px solid var(--edge);border-radius:8px;background:var(--port);margin-bottom:16px}
#vm h2{font-size:14px}
.own label{display:inline-flex;gap:6px}
h3.vm-a,h3.vm-b{border-bottom:3px solid var(--vm);margin-top:10px}
#answer h2{font-size:15px}
#answer{margin-bottom:16px}
.close{float:right;padding:1px 8px}
button.unit{display:block;width:100%;text-align:left;padding:3px 8px}
button.unit>*{display:block;overflow-wrap:anywhere;font-size:12.5px;line-height:1.35}button.unit>.cut{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
button.unit[aria-pressed=true]{border-color:var(--focus);background:var(--affected)}
ul.plain.units li{display:block}
.give{display:flex;gap:6px;padding:2px 0 6px}
#status{margin:0;padding:6px 20px;border-top:1px solid var(--edge);font-weight:500}
ul{margin:4px 0;padding-left:18px}
ul.plain{list-style:none;padding:0}
ul.plain li{display:flex;gap:8px;align-items:baseline;padding:2px 0}
ul.plain .grow{flex:1;min-width:0;overflow-wrap:anywhere}
button.link{border:0;background:none;padding:0;color:var(--focus);text-decoration:underline;text-underline-offset:2px;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-size:13px}
th{text-align:left;font-weight:500;color:var(--soft)}
th,td{padding:3px 8px 3px 0;vertical-align:top;overflow-wrap:anywhere}
tr.chosen td{background:var(--affected)}
td button.link{text-align:left}
td.answer{white-space:nowrap}
.harmless{color:var(--soft)}.yes{color:var(--good)}.no{color:var(--bad)}.unsure{color:var(--unsure)}
strong.no,strong.yes,strong.unsure,td.no,td.yes,td.unsure{font-weight:600}
.topology td.none{color:var(--soft)}
.own{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;margin:10px 0;padding:7px 10px;border:1px solid var(--edge);border-radius:6px}
.warn{color:var(--bad);font-weight:600}
code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:12px;overflow-wrap:anywhere}
details summary{cursor:pointer;color:var(--soft)}
#found{color:var(--soft)}
noscript{padding:0 20px}
.topology .handle,.topology .tick,.topology .card[role]{cursor:pointer}
.topology .handle circle{fill:var(--face);stroke:var(--link);stroke-width:1.25}
.topology .handle path{fill:none;stroke:var(--ink);stroke-width:1.5}
.topology .tick .target{fill:transparent;stroke:none}
.topology .tick .box{fill:var(--face);stroke:var(--soft)}
.vm-a{--vm:var(--vm-a)}.vm-b{--vm:var(--vm-b)}
.topology .ticked .box{fill:var(--vm);stroke:var(--vm)}
.topology .tick .check{fill:none;stroke:var(--face);stroke-width:2}
.topology .tick text{fill:var(--soft)}
.topology .ticked text{font-weight:650;fill:var(--ink)}
.topology .card[role]:focus{outline:none}
.topology .card[role]:focus-visible .face{stroke:var(--focus);stroke-width:3.5}
@media (max-width:860px){html,body{height:auto}body{display:block}main{display:flex;flex-direction:column}aside{order:-1;max-height:44vh;border-left:0;border-bottom:1px solid var(--edge)}#view{display:block}body:has(#detail.open){padding-bottom:50vh}#map{display:none}#tools label{max-width:100%}#tools select{min-width:0;flex:1 1 0}#find{width:100%}#tools .search{flex:1 1 100%}#status{position:sticky;bottom:0;background:var(--paper)}#detail.open{position:fixed;left:0;right:0;bottom:0;max-height:48vh;overflow:auto;padding:10px 16px;background:var(--paper);border-top:3px solid var(--focus);z-index:1}}
@media print{
@page{size:A4 landscape;margin:10mm}
html,body{height:auto}body{display:block;font-size:11px}main,#view,#paper{display:block}
header,#tools,#status{padding-left:0;padding-right:0}#tools{border:0;padding:2px 0}
#view:has(#paper:not(:empty)) #drawing{height:0;overflow:hidden}#map{display:none}
#paper svg{display:block;break-inside:avoid;margin-bottom:4px}
#legend{break-inside:avoid;padding:4px 0;font-size:9px}
#status{break-before:avoid}
#tools .keys,#vm:not(:has(ul)){display:none}#tools select{appearance:none;border:0;padding:0}#tools button,#tools .search,.tick,.handle,.own,.close,.give{display:none}
#drawing,aside{overflow:visible;border:0;padding:0}
#drawing svg{width:100%;height:auto}
aside{break-before:page}
button.link{color:inherit;text-decoration:none}
}
`.trim()
