// What workerd has and Node 24 has not yet: hex and base64 of Uint8Array (ECMAScript 2026). For tests of the `node`
// project that make something with the Worker's own code; imported before it.

const missing = {
  toHex(this: Uint8Array): string {
    return Buffer.from(this).toString('hex')
  },
  toBase64(this: Uint8Array, options: { alphabet?: string; omitPadding?: boolean } = {}): string {
    return Buffer.from(this).toString(options.alphabet === 'base64url' ? 'base64url' : 'base64')
  },
}

for (const [name, value] of Object.entries(missing))
  if (!(name in Uint8Array.prototype)) Object.defineProperty(Uint8Array.prototype, name, { value })
if (!('fromHex' in Uint8Array))
  Object.defineProperty(Uint8Array, 'fromHex', {
    value: (text: string) => new Uint8Array(Buffer.from(text, 'hex')),
  })
