// Everything the public texts are computed from, as one value: compile.ts takes it, so that a test can hand it other
// facts and see the text change.

import {
  bindings,
  d1,
  durableObjects,
  kvPrefixes,
  type Life,
  logs,
  queues,
  r2Prefixes,
  type Table,
  type TableName,
} from '../../db/catalog.ts'
import { clocks, measured, promise } from '../../db/clocks.ts'
import { cookies } from '../../db/cookies.ts'
import { noticeDays } from '../../db/documents.ts'
import { operator } from '../../db/operator.ts'
import { subprocessors } from '../../db/subprocessors.ts'
import { limits } from '../../worker/ground/limits.ts'

/** A table as the text needs it, whichever it is. */
export type TableFacts = Pick<
  Table<TableName>,
  'title' | 'section' | 'purpose' | 'basis' | 'erase' | 'columns'
> & {
  life: Life
  reach: Record<string, unknown>
}

export const facts = {
  tables: d1 as unknown as Record<string, TableFacts>,
  bindings,
  durableObjects,
  kvPrefixes,
  r2Prefixes,
  queues,
  logs,
  operator,
  subprocessors,
  cookies,
  clocks,
  promise,
  measured,
  noticeDays,
  limits,
}
export type Facts = typeof facts
