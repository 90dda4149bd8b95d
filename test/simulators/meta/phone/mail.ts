// The mails that the gateway sent, to be read without script: a list, and each as its reader's client would show it.
// Served by phone/app.ts.

import type { State } from '../state.ts'

type Mail = State['mailbox'][number]

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: unknown): string =>
  String(text ?? '').replace(/[&<>"]/g, (sign) => escapes[sign] as string)

/** An address as the binding takes it: in words, or with a name, or several. */
function addressOf(given: unknown): string {
  if (Array.isArray(given)) return given.map(addressOf).join(', ')
  if (typeof given !== 'object' || given === null) return String(given ?? '')
  const { name, email } = given as { name?: string; email?: string }
  return name ? `${name} <${email}>` : String(email)
}

const url = /https?:\/\/[^\s<>"]+/g

/** The text with its addresses as links, as every client shows it. */
const linked = (text: string): string => {
  let html = ''
  let from = 0
  for (const { 0: found, index } of text.matchAll(url)) {
    html += `${escaped(text.slice(from, index))}<a href="${escaped(found)}" target="_blank" rel="noopener noreferrer">${escaped(found)}</a>`
    from = index + found.length
  }
  return html + escaped(text.slice(from))
}

function article(mail: Mail): string {
  const { id, at, subject, from, to, replyTo, text, html } = mail
  const frame =
    typeof html === 'string'
      ? `<iframe class="mail-frame" src="/mail/${id}" title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy"></iframe>
        <p><a href="/mail/${id}" target="_blank" rel="noopener">Open it alone</a></p>`
      : ''
  return `
      <article class="line mail" id="mail-${id}">
        <h3>${escaped(subject ?? '(no subject)')}</h3>
        <dl class="mail-facts">
          <div><dt>From</dt><dd>${escaped(addressOf(from))}</dd></div>
          <div><dt>To</dt><dd>${escaped(addressOf(to))}</dd></div>
          ${replyTo === undefined ? '' : `<div><dt>Answers to</dt><dd>${escaped(addressOf(replyTo))}</dd></div>`}
          <div><dt>At</dt><dd>${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC</dd></div>
        </dl>
        ${frame}
        <details${typeof html === 'string' ? '' : ' open'}><summary>As text</summary><pre tabindex="0">${linked(String(text ?? ''))}</pre></details>
      </article>`
}

/** Newest first. */
export const mailPage = (mails: Mail[]): string => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Mails · Meta simulator</title>
    <link rel="stylesheet" href="/phone/style.css">
  </head>
  <body>
    <header class="top"><h1>Meta simulator</h1><a href="/">Phone</a> <a href="/mail">Look again</a></header>
    <main class="book">
      <h2>Mails that the gateway sent</h2>
      ${mails.length === 0 ? '<p class="empty">The gateway has sent no mail.</p>' : mails.map(article).join('')}
    </main>
  </body>
</html>
`

/** May look as it likes and load nothing; a link opens beside it. */
export const mailHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; " +
    'sandbox allow-popups allow-popups-to-escape-sandbox',
}

export const mailAlone = (html: string): string => html.replace(/<head>/i, '<head><base target="_blank">')
