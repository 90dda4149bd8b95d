// How the readable page of a package looks. It is opened from a disk, so it brings its style along. Called by package-page.ts.

export const style = `
:root { color-scheme: light dark; --ground: #fbfaf7; --ink: #1d2421; --quiet: #59635e; --line: #d9d8d1; --in: #ffffff; --out: #dcefe4; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14191a; --ink: #e6e9e6; --quiet: #a3ada8; --line: #333c3b; --in: #1e2526; --out: #1c3a2d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
a { color: inherit; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; }
dt, .quiet, .day, .meta { color: var(--quiet); }
dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: start; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); min-width: 6rem; }
pre { margin: 0; white-space: pre-wrap; font: .8125rem/1.45 ui-monospace, monospace; }
.talk { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
.talk li { max-width: 36rem; }
.talk .day { justify-self: center; font-size: .8125rem; margin-top: .75rem; }
.in, .out { border: 1px solid var(--line); border-radius: .75rem; padding: .5rem .75rem; background: var(--in); justify-self: start; }
.out { background: var(--out); justify-self: end; }
.who { font-size: .8125rem; font-weight: 600; margin: 0; }
.words { white-space: pre-wrap; margin: .125rem 0; }
.meta { font-size: .75rem; margin: 0; }
details { font-size: .8125rem; }
@media print { body { max-width: none; } .talk li { break-inside: avoid; } }
`
