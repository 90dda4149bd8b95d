// The live feed: one Durable Object per account that holds the sockets of its browsers, hibernating, and remembers the ids of
// what has just changed for those that lost the line. Called by announce.ts and by the door in routes.ts.

import { DurableObject } from 'cloudflare:workers'
import type { Change } from './announce.ts'

export class Feed extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, list TEXT NOT NULL)`,
    )
  }

  async publish(changes: readonly Change[]): Promise<void> {
    this.ctx.storage.sql.exec(
      `INSERT INTO changes (at, list) VALUES (?, ?)`,
      Date.now(),
      JSON.stringify(changes),
    )
  }
}
