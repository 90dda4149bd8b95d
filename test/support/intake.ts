// Waits for nothing: asks the shards that may hold something to drain, now.

import { env } from 'cloudflare:workers'
import { limits } from '../../worker/ground/limits.ts'
import { shardOf } from '../../worker/meta/shard.ts'
import type { Business } from './cast.ts'

/** Of these businesses, or every shard there is. */
export async function drain(...businesses: Business[]): Promise<void> {
  const every = Array.from({ length: limits.intakeShards }, (_, i) => `shard-${i}`)
  const shards = businesses.length > 0 ? new Set(businesses.map(({ wabaId }) => shardOf(wabaId))) : every
  await Promise.all([...shards].map((shard) => env.INTAKE.getByName(shard).drain()))
}

/** Every row of a table, as it stands on disk. */
export async function rowsOf(table: string, order = '1'): Promise<Record<string, unknown>[]> {
  const { results } = await env.DB.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).all<
    Record<string, unknown>
  >()
  return results
}
