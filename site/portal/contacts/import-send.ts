// Sends the rows of a list in pieces: to be looked at, or to be taken in. What is taken in goes on where the server says it
// is, so a piece that got lost comes again and one that arrived does not count twice. Called by the steps of the import.

import type { InferResponseType } from 'hono/client'
import { limits } from '../../../worker/ground/limits.ts'
import { api, call, type Problem } from '../client.ts'
import type { SentRow } from './sheet.ts'

export type Import = InferResponseType<typeof api.imports.$get, 200>['data'][number]
export type ImportReport = InferResponseType<(typeof api.imports)[':id']['$get'], 200>
export type Fault = ImportReport['faults'][number]
export type Purpose = Import['purpose']

export type Checked = { add: number; update: number; faults: Fault[] }

const piece = limits.importChunkRows
const waitMs = [1_000, 2_000, 5_000, 10_000, 20_000]
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Undefined when `going` says so no longer; a problem when it could not be asked. */
export async function check(
  rows: SentRow[],
  purpose: Purpose,
  going: () => boolean,
  onProgress: (done: number) => void,
): Promise<Checked | Problem | undefined> {
  const checked: Checked = { add: 0, update: 0, faults: [] }
  for (let from = 0; from < rows.length; from += piece) {
    const part = rows.slice(from, from + piece)
    const told = await call(api.imports.preview.$post({ json: { purpose, rows: part } }))
    if (!going()) return undefined
    if (!told.ok) return told.problem
    for (const [at, verdict] of told.data.data.entries()) {
      if (verdict === 'add' || verdict === 'update') checked[verdict]++
      else checked.faults.push({ row: from + at + 1, fault: verdict })
    }
    onProgress(from + part.length)
  }
  return checked
}

export type Way = { going: () => boolean; onMove: (now: Import) => void; onWait: (waiting: boolean) => void }

/** The finished report; a problem where it stopped for good; undefined when `going` says so no longer. */
export async function run(
  begun: Import,
  rows: SentRow[],
  { going, onMove, onWait }: Way,
): Promise<ImportReport | Problem | undefined> {
  const param = { id: begun.id }
  let now = begun
  let failures = 0
  while (now.position < now.total) {
    if (!going()) return undefined
    const json = { from: now.position, rows: rows.slice(now.position, now.position + piece) }
    const told = await call(api.imports[':id'].rows.$post({ param, json }))
    if (told.ok) {
      failures = 0
      now = told.data.import
      onWait(false)
      onMove(now)
      continue
    }
    const passing =
      told.problem.code === 'offline' || told.problem.status >= 500 || told.problem.status === 429
    const wait = waitMs[Math.min(failures++, waitMs.length - 1)] as number
    if (!passing) return told.problem
    onWait(true)
    await pause(wait)
  }
  const done = await call(api.imports[':id'].completion.$post({ param }))
  return done.ok ? done.data : done.problem
}
