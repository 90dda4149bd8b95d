// What the public pages say of deletion in general, computed from the catalogue: what goes, what stays and for how long,
// how far backups reach. Called by /data-deletion.

import { bindings, d1, durableObjects, type TableName } from '../../db/catalog.ts'
import { promise } from '../../db/clocks.ts'
import { placeName } from './deletion-words.ts'

export type Scope = 'contact' | 'member' | 'visitor' | 'workspace'

type Kept = { what: string; why: string; life: string }
type Outcome = { deleted: string[]; kept: Kept[] }

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const nameOf = (table: TableName): string => placeName(snake(table))

const because: Record<string, string> = {
  'legal obligation': 'We must be able to show that your request was carried out.',
  'legitimate interest': 'The record of who did what stays whole, so that it can be trusted.',
  'contract with the business': 'The Service needs it to go on working.',
  'your request': 'It is how your request is answered.',
}

const lifeOf = (days: number | null): string => (days === null ? 'without end' : `${days} days`)

/** What goes with the rows and is no row. */
const beside: Record<Scope, string[]> = {
  contact: ['media/', 'keeper.identities', 'keeper.keys'],
  member: ['keeper.keys'],
  visitor: ['keeper.keys'],
  workspace: ['media/', 'keeper.identities', 'keeper.keys'],
}

/** Of every deletion there is a receipt, and an entry in the list that a restored database is checked against. */
const always: TableName[] = ['receipts', 'erasureLedger']

export function outcomeOf(scope: Scope): Outcome {
  const tables = (Object.keys(d1) as TableName[]).filter((table) => Boolean(d1[table].reach[scope]))
  const stays = (table: TableName) => d1[table].erase === 'keep pseudonymous'
  const kept = [...tables.filter(stays), ...always]
  return {
    deleted: [...tables.filter((table) => !stays(table)).map(nameOf), ...beside[scope].map(placeName)],
    kept: [...new Set(kept)].map((table) => {
      const { life, basis } = d1[table]
      return {
        what: nameOf(table),
        why: because[basis] ?? basis,
        life: lifeOf(life === 'erasure' ? null : life.days),
      }
    }),
  }
}

/** A mark without a name, by which late messages about somebody erased are recognised and dropped. */
export const tombstone = durableObjects.Keeper.tombstones as { place: string; life: string }

const backupDays = Math.max(...Object.values(bindings).map((store) => store.backupDays))

export const times = {
  /** Nothing is left in what is in use. */
  liveDays: promise.otherDays,
  /** How long a store can be set back. */
  backupDays,
  /** What is promised for backups: what the stores keep, and some days so that a late night breaks no promise. */
  backupPromiseDays: backupDays + 5,
  accessDays: promise.accessDays,
  /** How long a business may take before silence lets a deletion through. */
  decideDays: promise.otherDays - promise.letThroughBeforeDays,
  decideAccessDays: promise.accessDays - promise.letThroughBeforeDays,
} as const
