// Every id the gateway makes: a prefix that says what it names, then 26 characters of Crockford base32 (128 bits). One is
// made elsewhere: a message heard from Meta is `msg_` and the 43 characters of its ref (conversations/record.ts).

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix =
  | 'acc'
  | 'agr'
  | 'aud'
  | 'blk'
  | 'cha'
  | 'cnt'
  | 'cns'
  | 'cnv'
  | 'cva'
  | 'del'
  | 'drf'
  | 'evt'
  | 'fld'
  | 'hld'
  | 'inv'
  | 'imp'
  | 'key'
  | 'lbl'
  | 'ltr'
  | 'mai'
  | 'mem'
  | 'msg'
  | 'nte'
  | 'num'
  | 'psk'
  | 'pkg'
  | 'req'
  | 'rgm'
  | 'rgt'
  | 'tpl'
  | 'ses'
  | 'usr'
  | 'ver'
  | 'vis'
  | 'wex'

/** 26 characters that carry the first 16 bytes; equal bytes give equal text. */
export function base32(bytes: Uint8Array): string {
  let out = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes.subarray(0, 16)) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      out += alphabet[(buffer >>> (bits - 5)) & 31]
      bits -= 5
    }
  }
  return out + alphabet[(buffer << (5 - bits)) & 31]
}

/** A new unguessable id. */
export const newId = (prefix: IdPrefix): string =>
  `${prefix}_${base32(crypto.getRandomValues(new Uint8Array(16)))}`

/** The id that these bytes (16 or more, of a digest) always give. */
export const idFrom = (prefix: IdPrefix, digest: Uint8Array): string => `${prefix}_${base32(digest)}`
