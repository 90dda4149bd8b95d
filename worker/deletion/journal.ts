// The Eraser's own memory: which deletions run, at which step each stands, what it may not forget. Written in one
// transaction per step, so that a crash repeats at most the step it interrupted. Called by eraser.ts only.

/** Opaque values that a later step needs: ids, instants, counts. Never a name or a word of anybody. */
export type Facts = {
  /** The contacts or members; empty when nobody is known. */
  ids?: string[]
  /** A Facebook user whose only workspace they own: the membership stays, see `kept` on the receipt. */
  soleOwner?: boolean
  before?: Record<string, number>
  digests?: string[]
  phoneNumberIds?: string[]
  wabaIds?: string[]
  /** The instant of the erasure: what happened until then is gone, what happens later is a new beginning. */
  at?: number
  seq?: number
  keys?: string[]
  /** The last kept event that was read for mentions. */
  mention?: string | undefined
  mentionsDone?: boolean
  /** Rows that landed between the first pass and the last. */
  late?: Record<string, number>
  quietUntil?: number
  /** Those that began to search together go on together. */
  searchGroup?: string
  scan?: unknown
  searched?: Record<string, number>
  found?: Record<string, number>
  scannedAt?: number
  shreddedAt?: number
  meta?: 'not concerned' | 'proven' | 'pending' | 'gave up'
  /** How letting go of Meta ended; `meta` says so when the tokens are destroyed. */
  detached?: 'proven' | 'gave up' | undefined
  detachUntil?: number
  detachNextAt?: number
  detachRound?: number
  /** The owners heard of the end of the cooling-off. */
  reminded?: boolean
  goneBy?: number
  /** `at`: when it was signed, which the receipt itself says too. */
  receipts?: { [kind in 'live' | 'final']?: { jws: string; leaf: string; at: number } }
}

export type Job = {
  id: string
  position: number
  attempts: number
  nextAt: number
  facts: Facts
}

type JobRow = { id: string; position: number; attempts: number; next_at: number; facts: string }

export type StepRow = {
  position: number
  step: string
  state: 'pending' | 'running' | 'retrying' | 'done' | 'skipped' | 'gave_up'
  attempts: number
  startedAt: number | null
  finishedAt: number | null
  counts: Record<string, number>
}

export class Journal {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, position INTEGER NOT NULL, attempts INTEGER NOT NULL,
      next_at INTEGER NOT NULL, facts TEXT NOT NULL)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS jobs_due ON jobs (next_at)`)
    sql.exec(`CREATE TABLE IF NOT EXISTS steps (job TEXT NOT NULL, position INTEGER NOT NULL, step TEXT NOT NULL,
      state TEXT NOT NULL, attempts INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER, counts TEXT NOT NULL,
      PRIMARY KEY (job, position))`)
    sql.exec(`CREATE TABLE IF NOT EXISTS inventory (job TEXT PRIMARY KEY, sealed BLOB NOT NULL)`)
    sql.exec(
      `CREATE TABLE IF NOT EXISTS needles (job TEXT PRIMARY KEY, digests TEXT NOT NULL, at INTEGER NOT NULL)`,
    )
  }

  /**
   * A job begun anew only when it is not known. One that stands before `until` looks at once; one at `given` or later
   * goes back to the step before `given`.
   */
  add(id: string, until: number, given: number, now: number): void {
    this.#sql.exec(
      `INSERT INTO jobs VALUES (?1, 0, 0, ?2, '{}') ON CONFLICT DO UPDATE SET
         next_at = min(next_at, excluded.next_at), position = min(position, ?4 - 1)
       WHERE position < ?3 OR position >= ?4`,
      id,
      now,
      until,
      given,
    )
  }

  due(now: number, limit: number): Job[] {
    return this.#sql
      .exec<JobRow>(`SELECT * FROM jobs WHERE next_at <= ? ORDER BY next_at LIMIT ?`, now, limit)
      .toArray()
      .map(jobOf)
  }

  nextAt(): number | null {
    return this.#sql.exec<{ at: number | null }>(`SELECT min(next_at) AS at FROM jobs`).one().at
  }

  stepOf(job: string, position: number): StepRow | undefined {
    const row = this.#sql
      .exec<Record<string, never>>(`SELECT * FROM steps WHERE job = ? AND position = ?`, job, position)
      .toArray()[0] as unknown as RawStep | undefined
    return row && stepOf(row)
  }

  putStep(job: string, row: StepRow): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      job,
      row.position,
      row.step,
      row.state,
      row.attempts,
      row.startedAt,
      row.finishedAt,
      JSON.stringify(row.counts),
    )
  }

  /** Where the job stands now. */
  put({ id, position, attempts, nextAt, facts }: Job): void {
    this.#sql.exec(
      `UPDATE jobs SET position = ?, attempts = ?, next_at = ?, facts = ? WHERE id = ?`,
      position,
      attempts,
      nextAt,
      JSON.stringify(facts),
      id,
    )
  }

  /** Nothing of the job stays but the digests of what was searched for. */
  remove(id: string): void {
    for (const table of ['jobs', 'steps', 'inventory'])
      this.#sql.exec(`DELETE FROM ${table} WHERE ${table === 'jobs' ? 'id' : 'job'} = ?`, id)
  }

  putInventory(job: string, sealed: Uint8Array): void {
    this.#sql.exec(`INSERT OR REPLACE INTO inventory VALUES (?, ?)`, job, sealed)
  }

  inventory(job: string): Uint8Array | undefined {
    const row = this.#sql
      .exec<{ sealed: ArrayBuffer }>(`SELECT sealed FROM inventory WHERE job = ?`, job)
      .toArray()[0]
    return row && new Uint8Array(row.sealed)
  }

  dropInventory(job: string): void {
    this.#sql.exec(`DELETE FROM inventory WHERE job = ?`, job)
  }

  putNeedles(job: string, digests: string[], now: number): void {
    this.#sql.exec(`INSERT OR IGNORE INTO needles VALUES (?, ?, ?)`, job, JSON.stringify(digests), now)
  }

  needles(job: string): string[] | undefined {
    const row = this.#sql
      .exec<{ digests: string }>(`SELECT digests FROM needles WHERE job = ?`, job)
      .toArray()[0]
    return row && (JSON.parse(row.digests) as string[])
  }

  sweepNeedles(before: number): void {
    this.#sql.exec(`DELETE FROM needles WHERE at < ?`, before)
  }
}

type RawStep = {
  position: number
  step: string
  state: StepRow['state']
  attempts: number
  started_at: number | null
  finished_at: number | null
  counts: string
}

const jobOf = (row: JobRow): Job => ({
  id: row.id,
  position: row.position,
  attempts: row.attempts,
  nextAt: row.next_at,
  facts: JSON.parse(row.facts) as Facts,
})

const stepOf = (row: RawStep): StepRow => ({
  position: row.position,
  step: row.step,
  state: row.state,
  attempts: row.attempts,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  counts: JSON.parse(row.counts) as Record<string, number>,
})
