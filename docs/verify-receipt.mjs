#!/usr/bin/env node
// Verifies receipts of deletion without the network and without a package: Node 18 or newer.
//
//   node verify-receipt.mjs RECEIPT JWKS
//
// RECEIPT  what /api/v1/public/deletions/{code}/receipts answers, or one bare JWS.
// JWKS     what /.well-known/jwks.json answers. Take it from the gateway yourself, not from whoever hands you the receipt.
//
// Exit code 0: everything that was there to verify holds. 1: something does not. 2: the files cannot be read.

import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const say = console.log
class Broken extends Error {}
const need = (holds, why) => {
  if (!holds) throw new Broken(why)
}
const sha256 = (...parts) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()

/** Bytes of a text that is spelt in the one way our encoder spells them. */
function decode(text, alphabet, what) {
  need(typeof text === 'string', `${what} is missing.`)
  const bytes = Buffer.from(text, alphabet)
  need(bytes.toString(alphabet) === text, `${what} is not well formed.`)
  return bytes
}

/** The signature of a receipt (RFC 7515, RFC 8037) and what it says. */
function openJws(jws, jwks) {
  const parts = jws.split('.')
  need(parts.length === 3, 'The receipt is not a JWS of three parts.')
  const [head, payload, signature] = parts.map((part) => decode(part, 'base64url', 'A part of the receipt'))
  const jwk = jwks.find(
    ({ kid }) =>
      head.toString() === `{"alg":"EdDSA","kid":${JSON.stringify(kid)},"typ":"softivum-receipt+jws"}`,
  )
  need(jwk, 'The receipt is signed by a key that is not in the JWKS, or in a way that is not ours.')
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`)
  need(
    verify(null, signed, createPublicKey({ key: jwk, format: 'jwk' }), signature),
    'The signature is false.',
  )
  return { kid: jwk.kid, claims: JSON.parse(payload.toString()) }
}

/** The signed head of the log (C2SP tlog-checkpoint in a C2SP signed note). */
function openCheckpoint(checkpoint, jwks) {
  need(typeof checkpoint === 'string', 'The checkpoint is missing.')
  const match = /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([\w+/=]{44})\n)\n((?:— [^\n]+\n)+)$/.exec(checkpoint)
  need(match, 'The checkpoint is not well formed.')
  const [, text, origin, size, root, lines] = match
  const signed = lines
    .trimEnd()
    .split('\n')
    .some((line) => {
      const [, name, encoded] = line.split(' ')
      if (name !== origin) return false
      const bytes = decode(encoded, 'base64', 'The signature of the checkpoint')
      return jwks.some((jwk) => {
        const hash = sha256(`${origin}\n`, [1], Buffer.from(jwk.x, 'base64url')).subarray(0, 4)
        const key = createPublicKey({ key: jwk, format: 'jwk' })
        return hash.equals(bytes.subarray(0, 4)) && verify(null, Buffer.from(text), key, bytes.subarray(4))
      })
    })
  need(signed, 'The checkpoint is signed by no key of the JWKS.')
  return { origin, size: Number(size), root: decode(root, 'base64', 'The root of the checkpoint') }
}

/** The root that a leaf and its neighbours lead to (RFC 9162, 2.1.3.2). */
function rootOf(leaf, index, size, proof) {
  let hash = sha256([0], leaf)
  let place = index
  let last = size - 1
  for (const text of proof) {
    const sibling = decode(text, 'base64', 'A hash of the proof')
    need(last > 0, 'The proof is too long.')
    if (place % 2 === 1 || place === last) {
      hash = sha256([1], sibling, hash)
      while (place % 2 === 0 && place > 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
    } else hash = sha256([1], hash, sibling)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  need(last === 0, 'The proof is too short.')
  return hash
}

const hasExactly = (value, ...names) =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === names.length &&
  names.every((name) => Object.hasOwn(value, name))

/** In a file every entry is as the gateway writes it: an altered name must not pass for a proof that is not there yet. */
function checkEntry(entry) {
  need(hasExactly(entry, 'kind', 'jws', 'at', 'log'), 'The entry of a receipt is not well formed.')
  const { log } = entry
  need(
    log === null || hasExactly(log, 'index', 'size', 'leaf', 'proof', 'checkpoint'),
    'The proof is not well formed.',
  )
}

function checkAgainst({ kind, at }, claims) {
  need(kind === claims.kind, 'The file names another kind of receipt than the one that is signed.')
  need(at === claims.issuedAt, 'The file names another time than the one that is signed.')
}

function verifyInclusion(jws, claims, log, jwks) {
  const { origin, size, root } = openCheckpoint(log.checkpoint, jwks)
  need(origin === `${new URL(claims.issuer).host}/log`, 'The checkpoint is that of another log.')
  const leaf = sha256(jws)
  need(log.leaf === leaf.toString('hex'), 'The leaf is not the hash of this receipt.')
  need(log.size === size, 'The proof is about another size than the checkpoint.')
  need(
    Number.isSafeInteger(log.index) && log.index >= 0 && log.index < size,
    'The index is outside of the log.',
  )
  need(Array.isArray(log.proof), 'The proof is missing.')
  need(rootOf(leaf, log.index, size, log.proof).equals(root), 'The proof does not lead to the signed root.')
  return `It is number ${log.index + 1} of ${size} in the transparency log ${origin}, whose signed head covers it.`
}

function tell(claims, kid) {
  say(`\nReceipt (${claims.kind}) of request ${claims.request}, by ${claims.issuer}, at ${claims.issuedAt}.`)
  say(`The signature is by its key ${kid}: not a byte was changed since.`)
  const gone = claims.places.filter(({ how }) => how !== 'kept')
  const sum = (name) => gone.reduce((total, place) => total + place[name], 0)
  say(`It states: ${claims.scope}, erased at ${claims.erasedAt}; ${claims.keys.destroyed} keys destroyed.`)
  say(`  ${gone.length} places that held ${sum('before')} things before hold ${sum('after')} now.`)
  for (const { place, count, duty } of claims.kept) say(`  Kept: ${count} in ${place} (${duty}).`)
  for (const { what, until } of claims.outOfReach)
    say(`  Out of reach: ${what}${until ? `, until ${until}` : ''}.`)
  if (claims.residue)
    say(`  A search of ${claims.residue.places} places found ${claims.residue.found} remains.`)
  say(`  Gone from every backup by ${claims.goneBy}.`)
}

class Unreadable extends Error {}
function attempt(read, why) {
  try {
    return read()
  } catch {
    throw new Unreadable(why)
  }
}
const textOf = (file) =>
  attempt(() => readFileSync(file, 'utf8').trim(), `The file ${file} cannot be opened.`)
const jsonOf = (text, file) => attempt(() => JSON.parse(text), `The file ${file} is not JSON.`)

function read(files) {
  if (files.length !== 2) throw new Unreadable('Two files are needed.')
  const [receiptFile, jwksFile] = files
  const text = textOf(receiptFile)
  const bare = !text.startsWith('{')
  const given = bare ? { receipts: [{ jws: text }] } : jsonOf(text, receiptFile)
  if (
    text === '' ||
    !hasExactly(given, 'receipts') ||
    !Array.isArray(given.receipts) ||
    !given.receipts.length
  )
    throw new Unreadable(`There is no receipt in the file ${receiptFile}.`)
  const keys = jsonOf(textOf(jwksFile), jwksFile)?.keys
  if (!Array.isArray(keys)) throw new Unreadable(`There are no public keys in the file ${jwksFile}.`)
  const jwks = keys.filter((key) => key?.kty === 'OKP' && key.crv === 'Ed25519')
  return { jwks, bare, receipts: given.receipts }
}

let input
try {
  input = read(process.argv.slice(2))
} catch (cause) {
  if (!(cause instanceof Unreadable)) throw cause
  console.error(`Cannot read: ${cause.message}\nUsage: node verify-receipt.mjs RECEIPT JWKS`)
  process.exit(2)
}
try {
  for (const entry of input.receipts) {
    if (!input.bare) checkEntry(entry)
    const { jws, log } = entry
    const { kid, claims } = openJws(jws, input.jwks)
    if (!input.bare) checkAgainst(entry, claims)
    const included = log ? verifyInclusion(jws, claims, log, input.jwks) : undefined
    tell(claims, kid)
    say(included ?? 'Whether it stands in the transparency log was not checked: no proof is in the file.')
  }
} catch (cause) {
  console.error(
    `\nNOT PROVEN: ${cause instanceof Broken ? cause.message : 'The receipt is not well formed.'}`,
  )
  process.exit(1)
}
