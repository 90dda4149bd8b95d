// A receipt as the gateway signs it, with its place in a log: for tests of whatever checks receipts offline.

import './bytes-on-node.ts'
import { sha256 } from '../../worker/crypto/digest.ts'
import { publicJwk, type SigningKey } from '../../worker/crypto/signer.ts'
import { type ReceiptFacts, signReceipt } from '../../worker/deletion/receipt.ts'
import { logOrigin, signCheckpoint } from '../../worker/transparency/checkpoint.ts'
import {
  inclusionProof,
  leafHash,
  nodeHash,
  rootHash,
  type Subtree,
} from '../../worker/transparency/merkle.ts'

const at = Date.parse('2026-05-04T09:30:00.000Z')
/** The first signs, both verify. */
export const receiptKeys: SigningKey[] = [1, 2].map((n) => ({
  id: `r${n}`,
  seed: new Uint8Array(32).fill(n),
}))
export const [current, former] = receiptKeys as [SigningKey, SigningKey]

export const receiptFacts: ReceiptFacts = {
  kind: 'live',
  issuer: 'https://connect.example:8443',
  requestId: 'del_3c5e7g9j1m3p5r7t9w1y3a5c7e',
  scope: 'contact',
  door: 'api',
  commitment: 'digest',
  requestedAt: at - 9_000,
  verifiedAt: at - 8_000,
  startedAt: at - 7_000,
  erasedAt: at,
  issuedAt: at + 1_000,
  goneBy: at + 30 * 86_400_000,
  places: [
    {
      place: 'messages',
      store: 'DB',
      before: 3,
      after: 0,
      how: 'key destroyed and deleted',
      backupUntil: null,
    },
    { place: 'contacts', store: 'DB', before: 1, after: 0, how: 'deleted', backupUntil: at },
  ],
  keys: { destroyed: 1, unreadableSince: null },
  kept: [{ place: 'audit_entries', count: 2, duty: 'keep evidence', until: null }],
  outOfReach: [{ what: 'the copies of Meta', until: at }],
  meta: 'not concerned',
  residue: { places: 40, values: 12, found: 0, at },
}

export type Log = { index: number; size: number; leaf: string; proof: string[]; checkpoint: string }
export type Receipt = { kind: string; jws: string; at: string; log: Log | null }

const filler = (i: number) => sha256(`another leaf ${i}`)

/** The receipt at the sixth place of a log of eleven, with its proof, as the public API answers it. */
export async function makeReceipt(
  given: Partial<ReceiptFacts> = {},
  key = current,
  origin = receiptFacts.issuer,
): Promise<Receipt> {
  const facts = { ...receiptFacts, ...given }
  const { jws, leaf } = await signReceipt([key], facts)
  const leaves = Array.from({ length: 11 }, (_, i) => (i === 5 ? sha256(jws) : filler(i)))
  const subtree: Subtree = (level, index) =>
    level === 0
      ? leafHash(leaves[index] as Uint8Array)
      : nodeHash(subtree(level - 1, index * 2), subtree(level - 1, index * 2 + 1))
  const root = rootHash(subtree, leaves.length)
  const proof = inclusionProof(subtree, 5, leaves.length).map((hash) => Buffer.from(hash).toString('base64'))
  const checkpoint = await signCheckpoint(key, logOrigin(origin), { size: leaves.length, root })
  const issued = new Date(facts.issuedAt as number).toISOString()
  return {
    kind: facts.kind,
    jws,
    at: issued,
    log: { index: 5, size: leaves.length, leaf, proof, checkpoint },
  }
}

/** What /.well-known/jwks.json answers. */
export const receiptJwks = async (): Promise<string> =>
  JSON.stringify({ keys: await Promise.all(receiptKeys.map(publicJwk)) })
