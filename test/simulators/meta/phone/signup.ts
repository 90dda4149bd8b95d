// Meta's sign-up window and the script that opens it, so that a business can be connected without Meta.
// Served by phone/app.ts; a portal loads /sdk.js instead of Meta's. Source: Meta’s documentation.

/** The two calls of the JavaScript SDK that Embedded Signup needs. */
export const sdkScript = `(() => {
  const origin = new URL(document.currentScript.src).origin
  window.FB = {
    init() {},
    login(callback, options = {}) {
      const query = new URLSearchParams({ origin: location.origin, feature: options.extras?.featureType ?? '', config_id: options.config_id ?? '' })
      const popup = window.open(origin + '/dialog/oauth?' + query, 'meta-signup', 'width=480,height=640')
      const finish = (answer) => { clearInterval(watch); removeEventListener('message', listen); callback(answer) }
      const listen = (event) => {
        if (event.origin !== origin || event.data?.type !== 'simulated-sdk') return
        const { code } = event.data
        finish(code ? { status: 'connected', authResponse: { code, expiresIn: null, userID: null } } : { status: 'unknown', authResponse: null })
      }
      addEventListener('message', listen)
      const watch = setInterval(() => { if (!popup || popup.closed) finish({ status: 'unknown', authResponse: null }) }, 500)
    },
  }
  window.fbAsyncInit?.()
})()
`

export const signupPage = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Connect WhatsApp · Meta simulator</title>
    <link rel="stylesheet" href="/phone/signup.css">
    <script type="module" src="/phone/signup.js"></script>
  </head>
  <body>
    <main>
      <h1>Connect a WhatsApp Business account</h1>
      <p>This window stands in for Meta's own. Nothing leaves this machine.</p>
      <form id="form">
        <fieldset>
          <legend>Which account?</legend>
          <div id="choices"></div>
          <label><input type="radio" name="waba" value="" checked> A new business</label>
        </fieldset>
        <label>Business name <input id="name" value="Cafe Luna" maxlength="60"></label>
        <p id="error" role="alert"></p>
        <div class="actions">
          <button type="button" id="cancel">Cancel</button>
          <button class="main">Finish</button>
        </div>
      </form>
    </main>
  </body>
</html>
`

export const signupScript = `
const query = new URLSearchParams(location.search)
const target = query.get('origin') ?? location.origin
const coexistence = query.get('feature') === 'whatsapp_business_app_onboarding'
const byId = (id) => document.getElementById(id)
// Meta's window posts its news as text.
const tell = (event, data) => opener?.postMessage(JSON.stringify({ type: 'WA_EMBEDDED_SIGNUP', event, version: 3, data }), target)
const answer = (code) => { opener?.postMessage({ type: 'simulated-sdk', code }, target); close() }

const state = await (await fetch('/_sim/state')).json()
byId('choices').append(...state.wabas.map((waba) => {
  const label = document.createElement('label')
  const radio = Object.assign(document.createElement('input'), { type: 'radio', name: 'waba', value: waba.id })
  label.append(radio, ' ' + waba.name + ' (' + waba.id + ')')
  return label
}))

byId('cancel').addEventListener('click', () => {
  tell('CANCEL', { current_step: 'BUSINESS_ACCOUNT_SELECTION' })
  answer(null)
})
byId('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const waba = new FormData(event.target).get('waba')
  const body = waba ? { waba_id: waba } : { name: byId('name').value, coexistence }
  const response = await fetch('/_sim/signup', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const made = await response.json()
  if (!response.ok) { byId('error').textContent = String(made.error); return }
  const { code, waba_id, phone_number_id, business_id } = made
  if (coexistence) tell('FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING', { waba_id })
  else tell('FINISH', { phone_number_id, waba_id, business_id })
  answer(code)
})
`

export const signupStyle = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.45 system-ui, sans-serif; background: light-dark(#e9efec, #0d1413); color: light-dark(#14211f, #e8efec); }
main { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: light-dark(#fff, #172120); border-radius: 14px; }
h1 { font-size: 1.2rem; margin: 0 0 .5rem; }
fieldset { border: 1px solid light-dark(#ccd8d3, #33413d); border-radius: 10px; margin: 1rem 0; }
label { display: block; padding: .25rem 0; overflow-wrap: anywhere; }
#name { font: inherit; display: block; width: 100%; box-sizing: border-box; padding: .4rem .6rem; }
#error { color: light-dark(#a8201a, #ff9d94); }
.actions { display: flex; gap: .6rem; justify-content: flex-end; }
button { font: inherit; padding: .45rem .9rem; border-radius: 8px; border: 1px solid light-dark(#ccd8d3, #33413d); background: none; color: inherit; cursor: pointer; }
button.main { background: #0a7566; border-color: #0a7566; color: #fff; }
:focus-visible { outline: 3px solid light-dark(#0a58ca, #8ab8ff); outline-offset: 2px; }
`
