// What the library that keeps sessions sees in the place of a mail address: the keyed digest of it, as an address of a domain
// that cannot exist (RFC 2606). Pure. Called by library.ts, doors and tests.

import { base64url, fromBase64, fromHex, hex } from '../crypto/bytes.ts'

const domain = '@members.invalid'

/** `digest`: loadEmailDigest. In lower case, since the library lowers what it takes for an address. */
export const emailAlias = (digest: string): string => `${hex(fromBase64(digest))}${domain}`

/** The digest, as `members.emailDigest` has it. */
export const digestIn = (alias: string): string | undefined => {
  const bytes = alias.endsWith(domain) ? fromHex(alias.slice(0, -domain.length)) : undefined
  return bytes && base64url(bytes)
}
