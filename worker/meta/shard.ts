// Which shard of the intake a body goes to: by WABA, so that everything about one account is handled in one place and
// in order. A body about several WABAs is cut between them. Pure.

import { fromUtf8, utf8 } from '../crypto/bytes.ts'
import { limits } from '../ground/limits.ts'
import { fields, nestsDeeper, parseJson, text } from './json.ts'

/** FNV-1a: stable over versions and spread well enough over a handful of shards. */
export function shardOf(wabaId: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < wabaId.length; i++) hash = Math.imul(hash ^ wabaId.charCodeAt(i), 0x01000193) >>> 0
  return `shard-${hash % limits.intakeShards}`
}

const head = /^\{\s*"object"\s*:\s*"\w+"\s*,\s*"entry"\s*:\s*\[\s*\{\s*"id"\s*:\s*"(\w+)"/

/** Of a body with one list of changes, as nearly all are, the WABA without parsing. Wrong at worst about which shard. */
function soleWaba(source: string): string | undefined {
  const first = source.indexOf('"changes"')
  return first < 0 || source.includes('"changes"', first + 9) ? undefined : head.exec(source)?.[1]
}

export type Piece = { shard: string; bytes: Uint8Array }

/** The exact bytes for one shard; of a body that concerns several, each shard's entries in an envelope of their own. */
export function cutByShard(bytes: Uint8Array): Piece[] {
  const source = fromUtf8(bytes)
  const only = soleWaba(source)
  if (only !== undefined) return [{ shard: shardOf(only), bytes }]
  const parsed = nestsDeeper(source, limits.jsonDepth) ? undefined : parseJson(source)
  const root = fields(parsed?.value)
  const entries = Array.isArray(root.entry) ? root.entry : []
  const shards = Map.groupBy(entries, (entry) => shardOf(text(fields(entry).id) ?? ''))
  if (shards.size <= 1) return [{ shard: [...shards.keys()][0] ?? shardOf(''), bytes }]
  return [...shards].map(([shard, entry]) => ({ shard, bytes: utf8(JSON.stringify({ ...root, entry })) }))
}
