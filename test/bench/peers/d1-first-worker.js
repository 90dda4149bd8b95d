// The plainest Worker that loses nothing: verify, one D1 insert per message, answer. Comparison target and
// check of the bench itself; d1-first.ts starts it. It also forwards a send to the simulator, and says
// whether a message is stored.

let imported

const importKey = (secret) =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])

const bytesOf = (hex) =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16))

const insert = `INSERT INTO messages (wamid, phone_number_id, sender, sent_at, payload)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

async function receive(request, env) {
  const header = request.headers.get('x-hub-signature-256') ?? ''
  if (!/^sha256=[0-9a-f]{64}$/.test(header)) return new Response(null, { status: 401 })
  const body = await request.arrayBuffer()
  imported ??= await importKey(env.APP_SECRET)
  const good = await crypto.subtle.verify('HMAC', imported, bytesOf(header.slice(7)), body)
  if (!good) return new Response(null, { status: 401 })
  const statement = env.DB.prepare(insert)
  const envelope = JSON.parse(new TextDecoder().decode(body))
  const values = envelope.entry.flatMap((entry) => entry.changes.map((change) => change.value))
  const inserts = values.flatMap(({ metadata, messages }) =>
    messages.map((message) =>
      statement.bind(
        message.id,
        metadata.phone_number_id,
        message.from,
        Number(message.timestamp),
        JSON.stringify(message),
      ),
    ),
  )
  await env.DB.batch(inserts)
  return new Response('ok')
}

async function send(request, env, url) {
  const answer = await fetch(env.META_ORIGIN + url.pathname, {
    method: 'POST',
    headers: request.headers,
    body: await request.text(),
  })
  return new Response(await answer.text(), {
    status: answer.status,
    headers: { 'content-type': 'application/json' },
  })
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url)
    if (url.pathname === '/webhooks/meta') return receive(request, env)
    if (url.pathname.endsWith('/messages')) return send(request, env, url)
    const found = await env.DB.prepare('SELECT 1 AS n FROM messages WHERE wamid = ?')
      .bind(url.searchParams.get('wamid'))
      .first()
    return new Response(null, { status: found ? 200 : 404 })
  },
}
