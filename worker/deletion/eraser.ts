// The Eraser: one Durable Object per account (and one named `platform`). It walks each deletion through its steps, alarm
// by alarm, keeps the journal, and shows how far it is. A crash repeats the step it interrupted; whatever fails is tried
// again. Why: docs/decisions/0020.

import { DurableObject } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { type Database, database, rowsInsert, schema, writeBatch } from '../../db/client.ts'
import type { Search } from '../crypto/search.ts'
import { type Scanned, scanStorage } from '../crypto/search-storage.ts'
import { settingsOf } from '../env.ts'
import { dayMs, limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import { blockedUntilAt } from './blocks.ts'
import { type Job, Journal, type StepRow } from './journal.ts'
import { loadDeletion } from './owners.ts'
import { destroySecret } from './secret.ts'
import type { Outcome, Step, StepContext } from './step.ts'
import { tryDetach } from './step-detach.ts'
import { residueTogether } from './step-residue.ts'
import { noReturn, receiptGiven, steps } from './steps.ts'
import { tellStep } from './tell.ts'

const { deletionSteps } = schema

export class Eraser extends DurableObject<Env> {
  readonly #journal: Journal
  #walking: Promise<void> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#journal = new Journal(ctx.storage.sql)
  }

  /**
   * These deletions are to be worked on; those that are being worked on go on as they do, but with `look` those that
   * wait before the tombstone look whether they still must. One that has had its receipt gives it again: a database that
   * asks for it has been set back.
   */
  async start(ids: string[], look: boolean): Promise<void> {
    const now = Date.now()
    for (const id of ids) this.#journal.add(id, look ? noReturn + 1 : 0, receiptGiven, now)
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
      await Promise.all(groupsOf(due).map((jobs) => this.#advance(jobs)))
    }
    this.#journal.sweepNeedles(Date.now() - limits.needlesDays * dayMs)
    await this.#setAlarm()
  }

  async #setAlarm(): Promise<void> {
    const at = this.#journal.nextAt()
    if (at !== null) await this.ctx.storage.setAlarm(Math.max(at, Date.now()))
  }

  /** One step of a job, or of a few that search together. What goes wrong is tried again; nothing else notices. */
  async #advance(jobs: Job[]): Promise<void> {
    const now = Date.now()
    try {
      const contexts = (await Promise.all(jobs.map((job) => this.#contextOf(job, now)))).filter(
        (context) => context !== undefined,
      )
      if (contexts.length < 2) {
        for (const context of contexts) await this.#done(context, await stepOf(context)(context))
        return
      }
      const outcomes = await residueTogether(contexts)
      for (const [i, context] of contexts.entries()) await this.#done(context, outcomes[i] as Outcome)
    } catch (cause) {
      for (const job of jobs) this.#failed(job, cause, now)
    }
  }

  /** Undefined when there is nothing to do for this job now. */
  async #contextOf(job: Job, now: number): Promise<StepContext | undefined> {
    const db = database(this.env.DB)
    const deletion = await loadDeletion(db, job.id)
    if (!deletion || deletion.state === 'cancelled' || deletion.state === 'completed') {
      await destroySecret(this.env, job.id, 'inventory')
      await destroySecret(this.env, job.id, 'detach')
      this.#journal.remove(job.id)
      return undefined
    }
    // Nothing stops a deletion after the point of no return; the tombstone itself still asks before it passes it.
    const blockedUntil = job.position <= noReturn ? await blockedUntilAt(db, deletion, now) : undefined
    if (blockedUntil !== undefined) {
      this.#journal.put({ ...job, nextAt: blockedUntil })
      return undefined
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
    return context
  }

  /** Shown first, then written down: a page may be ahead of the journal for a moment, never the other way round. */
  async #done({ db, job, now, env, deletion }: StepContext, outcome: Outcome): Promise<void> {
    const [name] = steps[job.position] as (typeof steps)[number]
    const row = stepAfter(this.#journal.stepOf(job.id, job.position), job, name, outcome, now)
    await writeBatch(db, [shown(db, job.id, row)])
    this.ctx.storage.transactionSync(() => {
      this.#journal.putStep(job.id, row)
      this.#journal.put(jobAfter(job, outcome, now))
      if (outcome.to === 'end') this.#journal.remove(job.id)
    })
    if (outcome.to !== 'again') await tellStep(env, deletion)
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
}

const searchAt = steps.findIndex(([name]) => name === 'residue')

const stepOf = ({ job }: StepContext): Step => (steps[job.position] as (typeof steps)[number])[1]

/** Each job by itself, but for those that search: one look through every place serves several. */
function groupsOf(jobs: Job[]): Job[][] {
  const alone = jobs.filter((job) => job.position !== searchAt)
  const searching = Map.groupBy(
    jobs.filter((job) => job.position === searchAt),
    // Equal cursors too: a crash between two of them must not make one skip what the other has searched.
    ({ facts }) => JSON.stringify([facts.searchGroup, facts.scan]),
  )
  return [...alone.map((job) => [job]), ...searching.values()]
}

function jobAfter(job: Job, outcome: Outcome, now: number): Job {
  if (outcome.to === 'again')
    return { ...job, attempts: outcome.waits ? 0 : job.attempts, nextAt: wakeAt(job, now + outcome.inMs) }
  return { ...job, position: job.position + 1, attempts: 0, nextAt: now }
}

/** Meta may have to be asked again while this job waits for something else. */
const wakeAt = (job: Job, at: number): number =>
  Math.min(at, job.facts.detachNextAt ?? Number.POSITIVE_INFINITY)

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
