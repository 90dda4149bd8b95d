// The Eraser: one Durable Object per account (and one named `platform`). It walks each deletion through its steps, alarm
// by alarm, keeps the journal, and shows how far it is. A crash repeats the step it interrupted; whatever fails is tried
// again. Design: §8.

import { DurableObject } from 'cloudflare:workers'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, schema, writeBatch } from '../../db/client.ts'
import type { Search } from '../crypto/search.ts'
import { type Scanned, scanStorage } from '../crypto/search-storage.ts'
import { settingsOf } from '../env.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { Facts } from './facts.ts'
import { type Job, Journal, type StepRow } from './journal.ts'
import { loadDeletion } from './owners.ts'
import type { DeletionRow } from './row.ts'
import { destroySecret } from './secret.ts'
import type { Outcome, StepContext } from './step.ts'
import { tryDetach } from './step-detach.ts'
import { noReturn, receiptGiven, steps } from './steps.ts'

const { deletionBlocks, deletionSteps, deletions } = schema

export class Eraser extends DurableObject<Env> {
  readonly #journal: Journal
  #walking: Promise<void> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#journal = new Journal(ctx.storage.sql)
  }

  /**
   * These deletions are to be worked on; those that are being worked on go on as they do. One that has had its receipt
   * gives it again: a database that asks for it has been set back.
   */
  async start(ids: string[]): Promise<void> {
    const now = Date.now()
    for (const id of ids) this.#journal.add(id, noReturn, receiptGiven, now)
    await this.#setAlarm()
  }

  /** Keyed digests of what a deletion searched for; undefined when they are not kept (any more). */
  async needles(id: string): Promise<string[] | undefined> {
    return this.#journal.needles(id)
  }

  /** For the residue scan. */
  async scan(search: Search, cursor?: string): Promise<Scanned> {
    return scanStorage(this.ctx.storage, search, cursor)
  }

  override async alarm(): Promise<void> {
    this.#walking ??= this.#walk().finally(() => {
      this.#walking = undefined
    })
    await this.#walking
  }

  /** Works on what is due, some jobs side by side, for a bounded time. */
  async #walk(): Promise<void> {
    const until = Date.now() + limits.eraserSliceMs
    for (;;) {
      const due = this.#journal.due(Date.now(), limits.eraserJobs)
      if (due.length === 0 || Date.now() >= until) break
      await Promise.all(due.map((job) => this.#advance(job)))
    }
    this.#journal.sweepNeedles(Date.now() - limits.needlesDays * dayMs)
    await this.#setAlarm()
  }

  async #setAlarm(): Promise<void> {
    const at = this.#journal.nextAt()
    if (at !== null) await this.ctx.storage.setAlarm(Math.max(at, Date.now()))
  }

  /** One step of one job. Whatever goes wrong in it is tried again, later and later; nothing else notices. */
  async #advance(job: Job): Promise<void> {
    const now = Date.now()
    const db = database(this.env.DB)
    try {
      const deletion = await loadDeletion(db, job.id)
      if (!deletion || deletion.state === 'cancelled' || deletion.state === 'completed') {
        await Promise.all([
          destroySecret(this.env, job.id, 'inventory'),
          destroySecret(this.env, job.id, 'detach'),
        ])
        this.#journal.remove(job.id)
        return
      }
      const blockedUntil = await this.#block(db, deletion, job, now)
      if (blockedUntil !== undefined) {
        this.#journal.put({ ...job, nextAt: blockedUntil })
        return
      }
      const context: StepContext = {
        env: this.env,
        db,
        settings: settingsOf(this.env),
        fetch: (input, init) => fetch(input, init),
        now,
        deletion,
        job,
        journal: this.#journal,
      }
      await tryDetach(context)
      await this.#run(context)
    } catch (cause) {
      this.#failed(job, cause, now)
    }
  }

  async #run(context: StepContext): Promise<void> {
    const { db, job, now } = context
    const [name, step] = steps[job.position] as (typeof steps)[number]
    const outcome = await step(context)
    const row = stepAfter(this.#journal.stepOf(job.id, job.position), job, name, outcome, now)
    // With the receipt, all that led to it once more: a database that was set back has forgotten it.
    const before = job.position + 1 === receiptGiven ? this.#journal.steps(job.id) : []
    await writeBatch(db, [
      shown(db, job.id, ...before.filter(({ position }) => position !== row.position), row),
    ])
    this.ctx.storage.transactionSync(() => {
      this.#journal.putStep(job.id, row)
      this.#journal.put(jobAfter(job, outcome, now))
      if (outcome.to === 'end') this.#journal.remove(job.id)
    })
  }

  #failed(job: Job, cause: unknown, now: number): void {
    const attempts = job.attempts + 1
    const waits = limits.stepRetryMs
    const [name] = steps[job.position] as (typeof steps)[number]
    log('warn', 'deletion.step_failed', { error: errorName(cause), route: name, attempts })
    const standing = this.#journal.stepOf(job.id, job.position)
    const row: StepRow = {
      position: job.position,
      step: name,
      state: 'retrying',
      attempts,
      startedAt: standing?.startedAt ?? now,
      finishedAt: null,
      counts: standing?.counts ?? {},
    }
    this.ctx.storage.transactionSync(() => {
      this.#journal.putStep(job.id, row)
      const wait = waits[Math.min(attempts, waits.length) - 1] as number
      this.#journal.put({ ...job, attempts, nextAt: now + wait })
    })
    this.ctx.waitUntil(show(database(this.env.DB), job.id, row))
  }

  /** Until when somebody has stopped this deletion; nothing stops it after the point of no return. */
  async #block(db: Database, deletion: DeletionRow, job: Job, now: number): Promise<number | undefined> {
    if (job.position >= noReturn) return undefined
    const block = await db
      .select()
      .from(deletionBlocks)
      .where(
        and(
          eq(deletionBlocks.deletionId, deletion.id),
          isNull(deletionBlocks.liftedAt),
          gt(deletionBlocks.endsAt, now),
        ),
      )
      .get()
    const state = block ? 'blocked' : unblocked(deletion)
    if (state !== deletion.state) {
      await db.update(deletions).set({ state }).where(eq(deletions.id, deletion.id))
      deletion.state = state
    }
    return block?.endsAt
  }
}

/** Where a deletion stands that nobody stops. */
export const unblocked = (deletion: DeletionRow): DeletionRow['state'] =>
  deletion.state !== 'blocked'
    ? deletion.state
    : deletion.startedAt !== null
      ? 'running'
      : deletion.verifiedAt !== null
        ? 'cooling_off'
        : 'waiting_approval'

function jobAfter(job: Job, outcome: Outcome, now: number): Job {
  if (outcome.to === 'again')
    return { ...job, attempts: outcome.waits ? 0 : job.attempts, nextAt: wakeAt(job, now + outcome.inMs) }
  return { ...job, position: job.position + 1, attempts: 0, nextAt: now }
}

/** Meta may have to be asked again while this job waits for something else. */
const wakeAt = (job: Job, at: number): number =>
  Math.min(at, (job.facts as Facts).detachNextAt ?? Number.POSITIVE_INFINITY)

function stepAfter(
  standing: StepRow | undefined,
  job: Job,
  step: string,
  outcome: Outcome,
  now: number,
): StepRow {
  const counts = { ...standing?.counts }
  const told = outcome.to === 'next' || outcome.to === 'again' ? (outcome.counts ?? {}) : {}
  for (const [place, count] of Object.entries(told)) counts[place] = (counts[place] ?? 0) + count
  const states = { next: 'done', end: 'done', skip: 'skipped', again: 'running' } as const
  return {
    position: job.position,
    step,
    state: states[outcome.to],
    attempts: job.attempts + 1,
    startedAt: standing?.startedAt ?? now,
    finishedAt: outcome.to === 'again' ? null : now,
    counts,
  }
}

/** The page may be behind; the journal is not. */
async function show(db: Database, deletionId: string, row: StepRow): Promise<void> {
  try {
    await writeBatch(db, [shown(db, deletionId, row)])
  } catch (cause) {
    log('warn', 'deletion.not_shown', { error: errorName(cause) })
  }
}

const shown = (db: Database, deletionId: string, ...rows: StepRow[]) =>
  rowsInsert(
    db,
    deletionSteps,
    rows.map((row) => ({ deletionId, ...row, counts: JSON.stringify(row.counts) as never })),
    sql`ON CONFLICT DO UPDATE SET state = excluded.state, attempts = excluded.attempts, started_at = excluded.started_at,
      finished_at = excluded.finished_at, counts = excluded.counts`,
  )
