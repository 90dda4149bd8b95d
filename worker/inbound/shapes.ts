// What the API says about the health and the letters of a number. Schemas for routes.ts and the OpenAPI document.

import {
  idParam,
  instant,
  isoTime,
  isoTimeOrNull,
  pageQuery,
  pageSchema,
  timeKey,
  z,
} from '../ground/openapi.ts'
import type { Health, lettersQuery } from './health.ts'

const count = z.int()
const countsShape = {
  received: count.describe('Events acknowledged to Meta. Always the sum of the others.'),
  handled: count.describe('Became rows.'),
  duplicate: count.describe('Had been handled before.'),
  ignored: count.describe('Understood, and nothing to do; kept for seven days.'),
  erased: count.describe('About somebody who was erased; not kept.'),
  unknown: count.describe('A field, type or number we do not know; kept for seven days.'),
  malformed: count.describe('Signed, but not of the shape Meta documents; kept for seven days.'),
  retry: count.describe('Failed, and waiting for another try.'),
  dead: count.describe('Failed every try; waiting for you.'),
}

export const healthSchema = z
  .object({
    id: z.string(),
    totals: z.object(countsShape),
    days: z
      .array(z.object({ day: z.string().openapi({ example: '2026-11-22' }), ...countsShape }))
      .describe('UTC days, newest first, at most 30.'),
    lastEventAt: instant.nullable(),
    lagMs: z
      .int()
      .describe('Age of the oldest acknowledged event that is not handled yet; 0 when none waits.'),
    holds: z
      .array(z.object({ kind: z.string(), reason: z.string(), since: instant }))
      .describe('What keeps this number from sending.'),
  })
  .openapi('NumberHealth')

export const healthView = (id: string, health: Health) => ({
  id,
  totals: health.totals,
  days: health.days,
  lastEventAt: isoTimeOrNull(health.lastEventAt),
  lagMs: health.lagMs,
  holds: health.holds.map(({ since, ...hold }) => ({ ...hold, since: isoTime(since) })),
})

const letterSchema = z
  .object({
    id: z.string().openapi({ example: 'evt_4c6e8g0j2m4p6r8t0w2y4a6c8e' }),
    field: z.string().describe('The webhook field it came in.'),
    reason: z.string().describe('What failed, by the name of the error.'),
    outcome: z.enum(['retry', 'dead']),
    attempts: z.int(),
    nextAt: instant.nullable().describe('When it is tried again; null when only you can.'),
    receivedAt: instant,
  })
  .openapi('Letter')

export const letterPage = pageSchema('LetterPage', letterSchema)
export const letterQuery = pageQuery(timeKey).extend({ outcome: z.enum(['dead', 'retry']).default('dead') })
export const letterParams = idParam('num_4c6e8g0j2m4p6r8t0w2y4a6c8e').extend({
  letterId: z
    .string()
    .openapi({ param: { name: 'letterId', in: 'path' }, example: 'evt_4c6e8g0j2m4p6r8t0w2y4a6c8e' }),
})

type LetterRow = Awaited<ReturnType<typeof lettersQuery>>[number]
export const letterView = (row: LetterRow) => ({
  ...row,
  outcome: row.outcome as 'retry' | 'dead',
  nextAt: isoTimeOrNull(row.nextAt),
  receivedAt: isoTime(row.receivedAt),
})

export const replaySchema = z
  .object({ id: z.string(), settled: z.boolean().describe('False when it failed again.') })
  .openapi('Replay')
