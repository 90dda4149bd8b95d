// Serves the consumer's phone: one page, one style sheet, a few scripts; and the mails. Called by meta.ts.

import { Hono } from 'hono'
import type { Sim } from '../sim.ts'
import { mailAlone, mailHeaders, mailPage } from './mail.ts'
import { page } from './page.ts'
import { bubblesScript } from './script-bubbles.ts'
import { chatScript } from './script-chat.ts'
import { domScript } from './script-dom.ts'
import { logsScript } from './script-logs.ts'
import { mainScript } from './script-main.ts'
import { sdkScript, signupPage, signupScript, signupStyle } from './signup.ts'
import { style } from './style.ts'
import { logStyle } from './style-logs.ts'

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https: http:; " +
    "media-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
}

function answer(text: string, type: string, more: Record<string, string> = {}): Response {
  return new Response(text, { headers: { ...headers, 'Content-Type': `${type}; charset=utf-8`, ...more } })
}

export function phoneApp(sim: Sim): Hono {
  const app = new Hono()
  app.get('/', () => answer(page, 'text/html'))
  app.get('/phone/style.css', () => answer(style + logStyle, 'text/css'))
  app.get('/mail', () => answer(mailPage(sim.world.state.mailbox.toReversed()), 'text/html'))
  app.get('/mail/:id', (c) => {
    const html = sim.world.state.mailbox.find(({ id }) => id === c.req.param('id'))?.html
    return typeof html === 'string' ? answer(mailAlone(html), 'text/html', mailHeaders) : c.notFound()
  })
  const scripts: Record<string, string> = {
    dom: domScript,
    main: mainScript,
    chat: chatScript,
    bubbles: bubblesScript,
    logs: logsScript,
    signup: signupScript,
  }
  app.get('/phone/:name{[a-z]+\\.js}', (c) => {
    const script = scripts[c.req.param('name').slice(0, -3)]
    return script === undefined ? c.notFound() : answer(script, 'text/javascript')
  })
  // Stands where connect.facebook.net/en_US/sdk.js stands; other origins load it.
  app.get('/sdk.js', () => answer(sdkScript, 'text/javascript'))
  app.get('/dialog/oauth', () => answer(signupPage, 'text/html'))
  app.get('/phone/signup.css', () => answer(signupStyle, 'text/css'))
  app.get('/favicon.ico', () => new Response(null, { status: 204 }))
  return app
}
