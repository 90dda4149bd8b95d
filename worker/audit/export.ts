// The ledger of an account as newline-delimited JSON, oldest first, with one run of entries in memory at a time. Called by
// routes.ts.
//
//   {"accountId":…,"action":…,"actor":…,"at":…,"id":…,"reason":…,"recordedAt":…,"subject":…}   an entry, as it is hashed
//   {"seal":{"day":…,"entries":…,"head":…,"leaf":…,"previous":…,"sealedAt":…}}                 after the day's entries
//   {"end":{"entries":…,"seals":…}}                                                            nothing was cut off

import type { Database } from '../../db/client.ts'
import { utf8 } from '../crypto/bytes.ts'
import { canonicalJson } from '../crypto/canonical.ts'
import { limits } from '../ground/limits.ts'
import { dayOf, entryLine } from './chain.ts'
import { entryRuns, type SealRow, sealsQuery } from './ledger.ts'

/** Instants are epoch ms. `leaf` is what the transparency log holds for the day: its head. */
const sealLine = ({ day, entries, head, previous, sealedAt }: SealRow): string =>
  canonicalJson({ seal: { day, entries, head, leaf: head, previous, sealedAt } })

/** What was recorded before `before`. */
export function exportLedger(db: Database, accountId: string, before: number): ReadableStream<Uint8Array> {
  const chunks = ledgerLines(db, accountId, before)
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(utf8(value.map((line) => `${line}\n`).join('')))
    },
    cancel: async () => {
      await chunks.return()
    },
  })
}

async function* ledgerLines(
  db: Database,
  accountId: string,
  before: number,
): AsyncGenerator<string[], void, void> {
  const seals = await sealsQuery(db, accountId)
  let sealed = 0
  let entries = 0
  for await (const run of entryRuns(db, accountId, 0, before, limits.auditRunRows)) {
    const lines: string[] = []
    for (const entry of run) {
      // A seal follows its day's entries; those of days that retention has emptied come first.
      const day = dayOf(entry.recordedAt)
      for (let seal = seals[sealed]; seal && seal.day < day; seal = seals[++sealed])
        lines.push(sealLine(seal))
      lines.push(entryLine(entry))
    }
    entries += run.length
    yield lines
  }
  yield [...seals.slice(sealed).map(sealLine), canonicalJson({ end: { entries, seals: seals.length } })]
}
