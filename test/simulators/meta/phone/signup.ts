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

const option = (value: string, label: string, hint: string, checked = false): string =>
  `<label><input type="radio" name="kind" value="${value}"${checked ? ' checked' : ''}> <span>${label}<small>${hint}</small></span></label>`

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
        <fieldset id="kinds">
          <legend>What would you like to connect?</legend>
          ${option('new', 'A new business', 'with a new number', true)}
          ${option('pin', 'A number with a PIN', 'it was registered elsewhere; its PIN is 246810')}
          ${option('app', 'A number of the WhatsApp Business app', 'the phone goes on working beside')}
          ${option('only_waba', 'An account without a number', 'the number comes later')}
        </fieldset>
        <label>Business name <input id="name" value="Cafe Luna" maxlength="60"></label>
        <details>
          <summary>The token Meta gives, and where you leave</summary>
          <label><input type="checkbox" id="expires"> It ends after 60 days</label>
          <label><input type="checkbox" id="flat"> It does not say for which accounts (since June 2026)</label>
          <label><input type="checkbox" id="silent"> The window says nothing of what was chosen</label>
          <label>Step to leave at
            <select id="step">
              <option>BUSINESS_ACCOUNT_SELECTION</option><option>WABA_PHONE_PROFILE_PICKER</option>
              <option>WHATSAPP_BUSINESS_PROFILE_SETUP</option><option>PHONE_NUMBER_SETUP</option>
              <option>PHONE_NUMBER_VERIFICATION</option><option>PERMISSIONS</option>
            </select>
          </label>
          <button type="button" id="fail">Fail with an error</button>
        </details>
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
const byId = (id) => document.getElementById(id)
// Meta's window posts its news as text.
const tell = (event, data) => opener?.postMessage(JSON.stringify({ type: 'WA_EMBEDDED_SIGNUP', event, version: 3, data }), target)
const answer = (code) => { opener?.postMessage({ type: 'simulated-sdk', code }, target); close() }
const kinds = () => document.querySelector('input[name=kind]:checked').value

if (query.get('feature') === 'whatsapp_business_app_onboarding') document.querySelector('input[value=app]').checked = true
const state = await (await fetch('/_sim/state')).json()
byId('kinds').append(...state.wabas.map((waba) => {
  const label = document.createElement('label')
  const radio = Object.assign(document.createElement('input'), { type: 'radio', name: 'kind', value: waba.id })
  const text = document.createElement('span')
  text.append(waba.name, Object.assign(document.createElement('small'), { textContent: 'an account that is there already (' + waba.id + ')' }))
  label.append(radio, ' ', text)
  return label
}))

byId('cancel').addEventListener('click', () => {
  tell('CANCEL', { current_step: byId('step').value })
  answer(null)
})
byId('fail').addEventListener('click', () => {
  tell('ERROR', { error_message: 'Something went wrong at Meta.', error_id: '524126', session_id: 'f34b51dab5e0', timestamp: String(Math.floor(Date.now() / 1000)) })
  answer(null)
})
const bodies = { new: {}, pin: { pin: '246810' }, app: { coexistence: true }, only_waba: { only_waba: true } }
const finish = (kind, { phone_number_id, waba_id, business_id }) => {
  if (kind === 'app') tell('FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING', { waba_id })
  else if (phone_number_id === null) tell('FINISH_ONLY_WABA', { waba_id, business_id })
  else tell('FINISH', { phone_number_id, waba_id, business_id })
}
byId('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const kind = kinds()
  const chosen = bodies[kind] ? { name: byId('name').value, ...bodies[kind] } : { waba_id: kind }
  const body = { ...chosen, expires: byId('expires').checked, flat: byId('flat').checked }
  const response = await fetch('/_sim/signup', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const made = await response.json()
  if (!response.ok) { byId('error').textContent = String(made.error); return }
  if (!byId('silent').checked) finish(kind, made)
  answer(made.code)
})
`

export const signupStyle = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.45 system-ui, sans-serif; background: light-dark(#e9efec, #0d1413); color: light-dark(#14211f, #e8efec); }
main { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: light-dark(#fff, #172120); border-radius: 14px; }
h1 { font-size: 1.2rem; margin: 0 0 .5rem; }
fieldset { border: 1px solid light-dark(#ccd8d3, #33413d); border-radius: 10px; margin: 1rem 0; }
label { display: block; padding: .25rem 0; overflow-wrap: anywhere; }
small { display: block; opacity: .75; }
label { display: flex; gap: .4rem; align-items: baseline; flex-wrap: wrap; }
details { margin-top: 1rem; }
select { font: inherit; max-width: 100%; }
#name { font: inherit; display: block; width: 100%; box-sizing: border-box; padding: .4rem .6rem; }
#error { color: light-dark(#a8201a, #ff9d94); }
.actions { display: flex; gap: .6rem; justify-content: flex-end; }
button { font: inherit; padding: .45rem .9rem; border-radius: 8px; border: 1px solid light-dark(#ccd8d3, #33413d); background: none; color: inherit; cursor: pointer; }
button.main { background: #0a7566; border-color: #0a7566; color: #fff; }
:focus-visible { outline: 3px solid light-dark(#0a58ca, #8ab8ff); outline-offset: 2px; }
`
