// Looks of the books beside the phone: requests, webhooks, mails, faults. Served by phone/app.ts.

export const logStyle = String.raw`
.book { max-width: 70rem; margin: 0 auto; padding: 1rem; }
.book > h2 { font-size: 1.1rem; margin-bottom: .7rem; }
.book .empty { color: var(--quiet); }
.line { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin-bottom: .45rem; }
.line summary { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; padding: .5rem .7rem; cursor: pointer; list-style-position: inside; }
.line summary::before { content: "\25B8"; color: var(--quiet); }
.line[open] summary::before { content: "\25BE"; }
.line summary::-webkit-details-marker { display: none; }
.line summary { list-style: none; }
.line .path { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .88rem; }
.line .when { color: var(--quiet); font-size: .84rem; font-variant-numeric: tabular-nums; }
.line .body { padding: 0 .7rem .7rem; }
.line pre { margin: .4rem 0 0; padding: .6rem; background: var(--page); border-radius: 8px; overflow: auto; max-height: 22rem; font-size: .82rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.badge { border-radius: 1em; padding: 0 .55em; font-size: .82rem; font-weight: 700; border: 1px solid currentColor; white-space: nowrap; }
.badge.good { color: var(--good); } .badge.bad { color: var(--bad); } .badge.warn { color: var(--warn); }
.attempts { width: 100%; border-collapse: collapse; font-size: .87rem; margin-top: .3rem; }
.attempts th { text-align: left; color: var(--quiet); font-weight: 500; }
.attempts td, .attempts th { padding: .15rem .5rem .15rem 0; vertical-align: top; overflow-wrap: anywhere; }
.mail-frame { width: 100%; height: 26rem; resize: vertical; border: 1px solid var(--line); border-radius: 8px; background: Canvas; }
.mail { padding: .7rem; margin-bottom: 1rem; }
.mail h3 { margin: 0 0 .4rem; overflow-wrap: anywhere; }
.mail-facts { margin-bottom: .6rem; font-size: .88rem; }
.mail-facts div { display: flex; gap: .5rem; }
.mail-facts dt { color: var(--quiet); flex: 0 0 6rem; }
.mail-facts dd { overflow-wrap: anywhere; min-width: 0; }
.mail details[open] summary::before { content: "\25BE"; }
main.book { width: 100%; }
.top a, .mail a { color: var(--accent); }
.fault-form { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .6rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .9rem; margin-bottom: 1rem; align-items: end; }
.fault-form label { display: block; font-size: .87rem; color: var(--quiet); }
.fault-form input, .fault-form select { display: block; width: 100%; margin-top: .2rem; border: 1px solid var(--line); border-radius: 8px; background: var(--page); color: var(--ink); padding: .4rem .5rem; }
.fault-form .check { display: flex; gap: .5rem; align-items: center; }
.fault-form .check input { width: auto; margin: 0; }
.switches { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; margin-bottom: 1rem; }
.switches label { display: flex; gap: .45rem; align-items: center; }
.book h3 { font-size: .98rem; margin: 1rem 0 .5rem; }
.tools { display: flex; gap: .5rem; flex-wrap: wrap; margin-bottom: .8rem; }
`
