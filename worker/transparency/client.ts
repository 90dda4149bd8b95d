// The transparency log as the rest of the house sees it: add a leaf, ask for the signed head, for a proof. Called by the
// deletion walk (receipts), the audit (sealed days) and routes.ts.

import { type PublicJwk, publicJwk } from '../crypto/signer.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import type { Settings } from '../ground/settings.ts'
import { logOrigin, signCheckpoint } from './checkpoint.ts'
import type { Head, Placed } from './transparency.ts'
import type { Leaf, LeafKind, PlacedLeaf } from './tree.ts'

export type LogWorld = { env: Pick<Env, 'TRANSPARENCY'>; settings: Settings }
/** `leaf` in hex, the proof in base64, all about the tree of the checkpoint. */
export type InclusionView = { index: number; size: number; leaf: string; proof: string[]; checkpoint: string }

const logOf = (env: Pick<Env, 'TRANSPARENCY'>) => env.TRANSPARENCY.getByName('log')
const base64 = (bytes: Uint8Array): string => bytes.toBase64()

/** Idempotent by the leaf: 64 hex digits in lower case. It is durable, outside of what can be restored, when this resolves. */
export async function appendLeaf(
  env: Pick<Env, 'TRANSPARENCY'>,
  kind: LeafKind,
  leafHex: string,
): Promise<Placed> {
  const [placed] = await appendLeaves(env, [{ kind, hash: leafHex }])
  return placed as Placed
}

/** As above, in the order given, in bounded batches. */
export async function appendLeaves(env: Pick<Env, 'TRANSPARENCY'>, leaves: Leaf[]): Promise<Placed[]> {
  if (leaves.some(({ hash }) => !/^[0-9a-f]{64}$/.test(hash))) throw new Error('a leaf is a hex SHA-256')
  const placed: Placed[] = []
  for (let i = 0; i < leaves.length; i += limits.logBatchLeaves)
    placed.push(...(await logOf(env).append(leaves.slice(i, i + limits.logBatchLeaves))))
  return placed
}

async function checkpointOf(settings: Settings, head: Head): Promise<string> {
  const [key] = settings.receiptKeys
  if (!key) throw new Error('no key to sign with')
  return signCheckpoint(key, logOrigin(settings.publicOrigin), head)
}

/** The signed head of the log as it stands. */
export const loadCheckpoint = async ({ env, settings }: LogWorld): Promise<string> =>
  checkpointOf(settings, await logOf(env).head())

/** The proof that the log holds this leaf, under the checkpoint of `size` (else of the present size). */
export async function loadInclusion(
  { env, settings }: LogWorld,
  leafHex: string,
  size?: number,
): Promise<InclusionView | undefined> {
  const found = await logOf(env).inclusion(leafHex, size)
  if (!found) return undefined
  const checkpoint = await checkpointOf(settings, found)
  return { index: found.index, size: found.size, leaf: leafHex, proof: found.proof.map(base64), checkpoint }
}

/** Base64 hashes; `out_of_range` unless from ≤ to ≤ the log's size. */
export async function loadConsistency(
  { env }: Pick<LogWorld, 'env'>,
  from: number,
  to: number,
): Promise<Result<string[], { reason: 'out_of_range' }>> {
  const proof = await logOf(env).consistency(from, to)
  return proof ? ok(proof.map(base64)) : refused({ reason: 'out_of_range' })
}

export const loadLeaves = (
  { env }: Pick<LogWorld, 'env'>,
  from: number,
  limit: number,
): Promise<{ size: number; leaves: PlacedLeaf[] }> => logOf(env).leaves(from, limit)

/** What receipts and checkpoints are verified with: the key that signs and those that have signed before. */
export const publicKeys = (settings: Settings): Promise<PublicJwk[]> =>
  Promise.all(settings.receiptKeys.map(publicJwk))
