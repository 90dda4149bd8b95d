// The floor: a Worker that reads the body, verifies Meta's signature over the raw bytes and answers 200, and
// nothing else. floor.ts serves it with bare workerd; every ratio of the bench is taken against it.

let imported

const importKey = (secret) =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])

const bytesOf = (hex) => {
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

export default {
  async fetch(request, env) {
    const header = request.headers.get('x-hub-signature-256') ?? ''
    if (!/^sha256=[0-9a-f]{64}$/.test(header)) return new Response(null, { status: 401 })
    const body = await request.arrayBuffer()
    imported ??= await importKey(env.APP_SECRET)
    const good = await crypto.subtle.verify('HMAC', imported, bytesOf(header.slice(7)), body)
    return good ? new Response('ok') : new Response(null, { status: 401 })
  },
}
