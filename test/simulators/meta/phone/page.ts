// The page that is a consumer's phone, with the simulator's books beside it. Served by phone/app.ts.

const tabs = [
  ['phone', 'Phone'],
  ['requests', 'Requests'],
  ['webhooks', 'Webhooks'],
  ['mailbox', 'Mailbox'],
  ['faults', 'Faults'],
] as const

const tabButtons = tabs
  .map(
    ([id, label]) =>
      `<button role="tab" id="tab-${id}" aria-controls="panel-${id}" aria-selected="false" tabindex="-1">${label}</button>`,
  )
  .join('\n        ')

function icon(path: string): string {
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`
}

const clip = icon(
  'M20 11.5 12 19.6a5 5 0 0 1-7.1-7.1l8.4-8.4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7',
)
const pin = icon(
  'M12 21s7-6.2 7-11.3A7 7 0 0 0 5 9.7C5 14.8 12 21 12 21ZM12 12.2a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
)

const phonePanel = `
      <section id="panel-phone" role="tabpanel" aria-labelledby="tab-phone" tabindex="-1">
        <div class="stage">
          <div class="device">
            <div class="screen" id="inbox">
              <div class="bar">
                <h2>Chats</h2>
                <label class="whose">Phone of <select id="person"></select></label>
              </div>
              <ul id="chats" class="chats"></ul>
            </div>
            <div class="screen" id="chat" hidden>
              <div class="bar">
                <button id="back" class="icon" aria-label="Back to chats">&#8592;</button>
                <span id="avatar" class="avatar" aria-hidden="true"></span>
                <div class="who"><h2 id="title"></h2><p id="subtitle"></p></div>
              </div>
              <ol id="messages" class="messages" role="log" aria-label="Messages" tabindex="0"></ol>
              <form id="composer" class="composer">
                <div id="quoting" class="quoting" hidden>
                  <p><strong id="quoting-what"></strong> <span id="quoting-text"></span></p>
                  <button type="button" id="quoting-off" class="icon" aria-label="Cancel">&#10005;</button>
                </div>
                <div class="row">
                  <label class="icon attach" title="Attach a file">${clip}
                    <input type="file" id="file" aria-label="Attach a file"></label>
                  <button type="button" class="icon" id="place" aria-label="Share a location" title="Share a location">${pin}</button>
                  <label class="visually-hidden" for="text">Message</label>
                  <textarea id="text" rows="1" placeholder="Message" autocomplete="off"></textarea>
                  <button class="send" aria-label="Send"><span aria-hidden="true">&#10148;</span></button>
                </div>
              </form>
            </div>
          </div>
          <aside class="about" aria-label="About this chat">
            <h2>What the business knows</h2>
            <dl id="facts"></dl>
            <div class="actions">
              <button id="hide"></button>
              <button id="marketing"></button>
            </div>
            <p class="hint">A message counts as delivered when this phone is online (the chat list is shown) and as read when its chat is open.</p>
            <p class="hint">In place of <code>wa.me/34911222333?text=Hello</code>, open <code>/?to=34911222333&amp;text=Hello</code> here: the chat with that number, the words in it, not yet sent.</p>
          </aside>
        </div>
        <p id="notice" role="status" class="notice"></p>
      </section>`

const logPanels = tabs
  .filter(([id]) => id !== 'phone')
  .map(
    ([id, label]) => `
      <section id="panel-${id}" role="tabpanel" aria-labelledby="tab-${id}" tabindex="-1" class="book" hidden>
        <h2>${label}</h2>
        <div id="book-${id}"></div>
      </section>`,
  )
  .join('')

const placeDialog = `
    <dialog id="place-dialog" aria-labelledby="place-title">
      <form method="dialog">
        <h2 id="place-title">Share a location</h2>
        <label>Name <input id="place-name" value="Puerta del Sol"></label>
        <label>Address <input id="place-address" value="Plaza de la Puerta del Sol, Madrid"></label>
        <div class="pair">
          <label>Latitude <input id="place-lat" inputmode="decimal" value="40.4169"></label>
          <label>Longitude <input id="place-lon" inputmode="decimal" value="-3.7035"></label>
        </div>
        <div class="actions"><button value="cancel">Cancel</button><button value="send" class="main">Send</button></div>
      </form>
    </dialog>`

export const page = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Phone · Meta simulator</title>
    <link rel="stylesheet" href="/phone/style.css">
    <script type="module" src="/phone/main.js"></script>
  </head>
  <body>
    <header class="top">
      <h1>Meta simulator</h1>
      <div role="tablist" aria-label="Views">
        ${tabButtons}
      </div>
      <a href="/mail">Mails</a>
    </header>
    <main>${phonePanel}${logPanels}
    </main>${placeDialog}
    <noscript><p class="notice">This page needs JavaScript. <a href="/mail">The mails</a> do not.</p></noscript>
  </body>
</html>
`
