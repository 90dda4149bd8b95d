// Looks of the phone page: light and dark, from 320 px. Served by phone/app.ts.

export const style = `
:root {
  color-scheme: light dark;
  --ink: #14211f; --quiet: #53645f; --page: #e9efec; --card: #ffffff; --line: #ccd8d3;
  --brand: #0b5f53; --on-brand: #ffffff; --accent: #0a7566; --mine: #d5f2e2; --theirs: #ffffff;
  --wall: #e8e2d6; --read: #0366a8; --bad: #a8201a; --good: #17663a; --warn: #7a4b00; --focus: #0a58ca;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8efec; --quiet: #a5b5af; --page: #0d1413; --card: #172120; --line: #33413d;
    --brand: #10332e; --on-brand: #eefaf6; --accent: #5fd0ba; --mine: #104a3c; --theirs: #202c2a;
    --wall: #0b1211; --read: #6cc4ff; --bad: #ff9d94; --good: #7fdca4; --warn: #f2c574; --focus: #8ab8ff;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html, body { height: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; display: flex; flex-direction: column; }
h1, h2, p, dl, dd, ul, ol { margin: 0; padding: 0; }
button, input, select, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 1px solid var(--line); background: var(--card); border-radius: 8px; padding: .4rem .7rem; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--page); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.top { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; padding: .4rem .8rem; background: var(--card); border-bottom: 1px solid var(--line); }
.top h1 { font-size: 1rem; }
[role=tablist] { display: flex; flex-wrap: wrap; gap: .1rem; }
[role=tab] { border: 0; border-bottom: 3px solid transparent; border-radius: 6px 6px 0 0; background: none; padding: .4rem .55rem; color: var(--quiet); }
[role=tab][aria-selected=true] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
main { flex: 1; min-height: 0; overflow: auto; }
#panel-phone { height: 100%; min-height: 26rem; display: flex; flex-direction: column; }
.stage { flex: 1; min-height: 0; display: flex; justify-content: center; gap: 1.5rem; padding: 1rem; }
.device { width: 100%; max-width: 26rem; max-height: 50rem; border: 8px solid #1b2422; border-radius: 30px; overflow: hidden; background: var(--card); box-shadow: 0 10px 30px rgb(0 0 0 / .25); display: flex; }
.screen { flex: 1; min-width: 0; display: flex; flex-direction: column; }
.bar { background: var(--brand); color: var(--on-brand); display: flex; align-items: center; gap: .6rem; padding: .6rem .8rem; min-height: 3.6rem; }
.bar h2 { font-size: 1.05rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.icon svg, .sign { width: 1.2em; height: 1.2em; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; vertical-align: -.2em; flex: none; }
.icon svg { width: 1.35rem; height: 1.35rem; }
.bar .icon { color: inherit; font-size: 1.3rem; }
.whose { margin-left: auto; font-size: .9rem; display: flex; align-items: center; gap: .4rem; }
.whose select { background: var(--card); color: var(--ink); border: 1px solid var(--line); border-radius: 6px; padding: .2rem; max-width: 9.5rem; }
.icon { border: 0; background: none; padding: 0; width: 2.25rem; height: 2.25rem; display: inline-grid; place-items: center; border-radius: 50%; flex: none; }
.avatar { width: 2.4rem; height: 2.4rem; border-radius: 50%; display: grid; place-items: center; font-weight: 700; background: #f2d7a0; color: #4a3200; flex: none; }
.who { min-width: 0; }
.who p { font-size: .8rem; opacity: .9; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.chats { list-style: none; overflow: auto; }
.chats button { width: 100%; display: flex; gap: .7rem; align-items: center; text-align: left; border: 0; border-bottom: 1px solid var(--line); border-radius: 0; padding: .7rem .8rem; }
.chats button:focus-visible { outline-offset: -3px; }
.chats .words { flex: 1; min-width: 0; }
.chats .words span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chats .preview, .chats time { color: var(--quiet); font-size: .87rem; }
.chats .unread { background: var(--accent); color: var(--page); border-radius: 1em; padding: 0 .5em; font-size: .8rem; font-weight: 700; }
.messages { flex: 1; min-height: 0; overflow-y: auto; list-style: none; background: var(--wall); padding: .8rem .7rem; display: flex; flex-direction: column; gap: .35rem; }
.messages > li { display: flex; flex-direction: column; align-items: flex-start; }
.messages > li.me { align-items: flex-end; }
.messages > li.day { align-items: center; font-size: .78rem; color: var(--quiet); padding: .3rem 0; }
.bubble { position: relative; max-width: 86%; min-width: 5.5rem; background: var(--theirs); border-radius: 12px; padding: .4rem .6rem .3rem; box-shadow: 0 1px 1px rgb(0 0 0 / .15); overflow-wrap: anywhere; }
.me .bubble { background: var(--mine); }
.bubble p { white-space: pre-wrap; }
.bubble .head { font-weight: 700; }
.bubble .foot, .bubble .caption-type { color: var(--quiet); font-size: .84rem; }
.bubble .gone { font-style: italic; color: var(--quiet); }
.bubble img, .bubble video { max-width: 100%; max-height: 16rem; border-radius: 8px; display: block; min-height: 2rem; background: var(--wall); }
.bubble .sticker { max-width: 8rem; background: none; }
.bubble audio { max-width: 100%; }
.bubble a { color: var(--read); }
.bubble .file { display: flex; gap: .5rem; align-items: center; background: rgb(128 128 128 / .14); border-radius: 8px; padding: .5rem; }
.quote { border-left: 4px solid var(--accent); background: rgb(128 128 128 / .14); border-radius: 6px; padding: .2rem .5rem; font-size: .87rem; margin-bottom: .2rem; max-height: 4.2em; overflow: hidden; }
.meta { display: flex; justify-content: flex-end; align-items: center; gap: .3rem; font-size: .75rem; color: var(--quiet); }
.meta .read { color: var(--read); }
.meta .more { border: 0; background: none; padding: 0; width: 1.6rem; height: 1.5rem; line-height: 1; color: var(--quiet); }
.choices { display: flex; flex-direction: column; gap: .25rem; margin: .25rem 0 .1rem; width: 86%; max-width: 20rem; }
.choices button, .choices a { display: block; background: var(--theirs); border: 1px solid var(--line); border-radius: 10px; padding: .45rem .6rem; text-align: center; color: var(--accent); font-weight: 600; text-decoration: none; }
.choices .section { font-size: .8rem; color: var(--quiet); padding-top: .2rem; }
.choices small { display: block; font-weight: 400; color: var(--quiet); }
.reactions { background: var(--card); border: 1px solid var(--line); border-radius: 1em; padding: 0 .45em; margin-top: -.4rem; font-size: .95rem; z-index: 1; }
.menu { display: flex; flex-wrap: wrap; gap: .2rem; margin-top: .2rem; padding: .25rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; max-width: 100%; }
.menu button { border: 0; padding: .3rem .45rem; }
.typing { color: var(--quiet); font-style: italic; }
.composer { background: var(--card); border-top: 1px solid var(--line); padding: .4rem; }
.composer .row { display: flex; align-items: flex-end; gap: .2rem; }
.composer textarea { flex: 1; min-width: 0; resize: none; max-height: 7rem; border: 1px solid var(--line); border-radius: 18px; padding: .45rem .8rem; background: var(--page); }
.send { border-radius: 50%; width: 2.5rem; height: 2.5rem; padding: 0; background: var(--accent); color: var(--page); border: 0; flex: none; }
.attach { position: relative; cursor: pointer; }
.attach input { position: absolute; inset: 0; opacity: 0; width: 100%; cursor: pointer; }
.attach:focus-within { outline: 3px solid var(--focus); }
.quoting { display: flex; align-items: center; border-left: 4px solid var(--accent); padding: .1rem .5rem; margin-bottom: .3rem; background: var(--page); border-radius: 6px; }
.quoting p { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .87rem; }
.about { width: 19rem; align-self: flex-start; background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1rem; }
.about h2 { font-size: 1rem; margin-bottom: .6rem; }
.about dt { font-size: .8rem; color: var(--quiet); margin-top: .5rem; }
.about dd { overflow-wrap: anywhere; }
.about .hint { margin-top: .9rem; font-size: .84rem; color: var(--quiet); }
.actions { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .9rem; }
.notice { text-align: center; min-height: 1.4em; color: var(--bad); padding: 0 1rem .3rem; }
dialog { border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: var(--ink); width: min(24rem, 92vw); padding: 1rem; }
dialog::backdrop { background: rgb(0 0 0 / .5); }
dialog h2 { font-size: 1.05rem; }
dialog label { display: block; margin-top: .6rem; font-size: .9rem; }
dialog input { width: 100%; border: 1px solid var(--line); border-radius: 8px; background: var(--page); padding: .4rem .6rem; }
dialog .pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
@media (max-width: 52rem) {
  .stage { flex-direction: column; justify-content: flex-start; align-items: center; gap: .8rem; padding: 0; }
  .device { flex: none; height: 100%; max-height: none; max-width: none; border: 0; border-radius: 0; box-shadow: none; }
  .about { width: auto; align-self: stretch; margin: 0 .8rem .8rem; }
  main { overflow: auto; }
}
@media (max-width: 30rem) {
  .top { padding: .2rem .4rem 0; }
  .top h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  [role=tablist] { width: 100%; justify-content: space-between; }
  [role=tab] { padding: .4rem .1rem; font-size: .82rem; }
}
`
