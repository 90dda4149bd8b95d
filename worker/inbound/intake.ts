// The intake: one Durable Object per shard of WABAs. It makes bodies durable before Meta gets its 200, then drains
// them into D1 in order. A crash anywhere resumes where it was: segments stay until their batch has committed, the
// cursor in D1 commits with that batch, and an alarm looks again. Why: docs/decisions/0001 and 0002.

import { DurableObject } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { database, rowsInsert, schema } from '../../db/client.ts'
import { fromUtf8 } from '../crypto/bytes.ts'
import { matchOf, type Search } from '../crypto/search.ts'
import { type Scanned, scanStorage, Tally } from '../crypto/search-storage.ts'
import { guard } from '../custody/guard.ts'
import { parseRootKeys } from '../custody/root.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { splitBody } from '../meta/envelope.ts'
import { decodeFrames } from './frame.ts'
import { Journal, type Segment } from './journal.ts'
import type { Arrival } from './reading.ts'
import { type Progress, receive } from './receive.ts'

/** An event with its place in the journal. */
type Placed = { arrival: Arrival; segment: number; item: number }

export class Intake extends DurableObject<Env> {
  readonly #journal: Journal
  readonly #shard: string
  #draining: Promise<void> | undefined
  #cursor: { segment: number; item: number } | undefined
  #alarmSet = false
  #soon = false
  #drainedAt = 0
  #failures = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#shard = ctx.id.name ?? ctx.id.toString()
    this.#journal = new Journal(ctx.storage.sql, env.KEYS, parseRootKeys(env.ROOT_KEYS ?? ''), this.#shard)
  }

  /** Frames (see frame.ts) of one or many bodies. They are durable when this resolves. */
  async append(frames: Uint8Array): Promise<void> {
    const now = Date.now()
    await this.#journal.append(frames, now)
    if (!this.#alarmSet) {
      this.#alarmSet = true
      await this.ctx.storage.setAlarm(now + limits.drainAlarmMs)
    }
    this.#drainSoon()
  }

  /** What waits to be handled. */
  async backlog(): Promise<{ count: number; sinceAt: number | null }> {
    return this.#journal.waiting()
  }

  /** Handles everything that waits when it is called. One at a time: during another drain, it comes after that one. */
  async drain(): Promise<void> {
    await this.#draining
    this.#draining ??= this.#drainAll().finally(() => {
      this.#draining = undefined
      this.#drainedAt = Date.now()
    })
    return this.#draining
  }

  /**
   * For the residue scan: a page of everything that is stored here, and on the last page what waits sealed in the
   * journal, opened. What came after `until` (epoch ms) has yet to be judged and is not looked into.
   */
  async scan(search: Search, until: number, cursor?: string): Promise<Scanned> {
    const page = await scanStorage(this.ctx.storage, search, cursor)
    if (page.cursor !== undefined) return page
    const tally = new Tally()
    const match = matchOf(search)
    for (const { bytes } of await this.#journal.read(until * 1000))
      for (const { arrival } of arrivalsOf({ seq: 0, bytes }))
        tally.look(match, 'segments (opened)', JSON.stringify(arrival.event))
    return { searched: { ...page.searched, ...tally.searched }, found: [...page.found, ...tally.found] }
  }

  override async alarm(): Promise<void> {
    this.#alarmSet = false
    await this.drain()
    const waits = this.#journal.waiting().count > 0
    const again = waits ? this.#backoff() : await this.#journal.destroyPastKeys(Date.now())
    if (again !== undefined && !this.#alarmSet) {
      // The look at past days comes hours later: a crash must not leave what is appended meanwhile waiting for it.
      this.#alarmSet = waits
      await this.ctx.storage.setAlarm(again)
    }
  }

  /** One drain for everything that comes within the linger; whoever asks for a drain at once gets it at once. */
  #drainSoon(): void {
    if (this.#soon) return
    this.#soon = true
    this.ctx.waitUntil(
      scheduler.wait(this.#lingerMs()).then(async () => {
        this.#soon = false
        await this.drain()
        if (this.#journal.waiting().count > 0 && this.#failures === 0) this.#drainSoon()
      }),
    )
  }

  #lingerMs(): number {
    const rested = Date.now() - this.#drainedAt > limits.drainRestMs
    return rested ? limits.drainLingerMs : limits.drainLingerLoadedMs
  }

  #backoff(): number {
    const waits = limits.drainBackoffMs
    return Date.now() + (waits[Math.min(this.#failures, waits.length) - 1] ?? limits.drainAlarmMs)
  }

  async #drainAll(): Promise<void> {
    try {
      // What is handled now may be about somebody whom this database has forgotten to forget.
      if ((await guard(this.env, Date.now())) === 'set back') throw new Error('the database was set back')
      // Up to what was there at the beginning: under load, what comes meanwhile waits for company.
      const last = this.#journal.last
      for (
        let segments = await this.#journal.read(last);
        segments.length > 0;
        segments = await this.#journal.read(last)
      ) {
        await this.#handle(segments)
        this.#failures = 0
      }
    } catch (cause) {
      this.#failures += 1
      // Part of it may have been committed: only D1 knows how far.
      this.#cursor = undefined
      log('error', 'intake.drain_failed', {
        shard: this.#shard,
        error: errorName(cause),
        attempts: this.#failures,
      })
      await this.ctx.storage.setAlarm(this.#backoff())
      this.#alarmSet = true
    }
  }

  async #handle(segments: Segment[]): Promise<void> {
    const cursor = await this.#loadCursor()
    const placed = segments
      .flatMap(arrivalsOf)
      .filter(
        ({ segment, item }) => segment > cursor.segment || (segment === cursor.segment && item > cursor.item),
      )
    for (let from = 0; from < placed.length; from += limits.drainEvents) {
      const part = placed.slice(from, from + limits.drainEvents)
      const progress: Progress = (db, count) => [this.#cursorUpsert(db, part[count - 1] as Placed)]
      await receive(
        this.env,
        this.env.META_APP_ID ?? '',
        part.map(({ arrival }) => arrival),
        progress,
        Date.now(),
      )
      const { segment, item } = part.at(-1) as Placed
      this.#cursor = { segment, item }
    }
    this.#journal.erase(segments.map(({ seq }) => seq))
  }

  /** Read once: afterwards this object is the only one that moves it. */
  async #loadCursor(): Promise<{ segment: number; item: number }> {
    if (this.#cursor) return this.#cursor
    const { intakeCursors } = schema
    const [row] = await database(this.env.DB)
      .select()
      .from(intakeCursors)
      .where(eq(intakeCursors.shard, this.#shard))
    this.#cursor = row ?? { segment: 0, item: 0 }
    return this.#cursor
  }

  #cursorUpsert(db: ReturnType<typeof database>, { segment, item }: Placed) {
    return rowsInsert(
      db,
      schema.intakeCursors,
      [{ shard: this.#shard, segment, item }],
      sql`ON CONFLICT DO UPDATE SET segment = excluded.segment, item = excluded.item`,
    )
  }
}

function arrivalsOf({ seq, bytes }: Segment): Placed[] {
  return decodeFrames(bytes)
    .flatMap(({ receivedAt, bytes: body }) =>
      splitBody(fromUtf8(body)).map((event, position): Arrival => ({ event, receivedAt, position })),
    )
    .map((arrival, item) => ({ arrival, segment: seq, item }))
}
