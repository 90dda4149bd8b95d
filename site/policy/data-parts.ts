// The parts of the text that are made of the catalogue's tables: what is held, why, and for how long. Pure; called by
// directives.ts.

import { type Column, columnLabel, type Place, type TableName } from '../../db/catalog.ts'
import type { Facts, TableFacts } from './facts.ts'
import { bullets, capital, counted, grouped, table } from './words.ts'

type Entry = [name: string, facts: TableFacts]

const entries = (facts: Facts): Entry[] => Object.entries(facts.tables)

/** Of sealed columns: whose key, where it is not that of the person the record is about. */
const under: Record<Exclude<Column['sealed'], false>, string> = {
  'contact key': '',
  'account key': ' under the workspace’s key',
  'contact or account key': ' under the person’s or the workspace’s key',
  'member key': '',
  'visitor key': '',
  'person key': '',
}

/** In nearly every record; the text says so once. */
const everywhere = new Set(['id', 'accountId'])

/** Every other column of a table: what is sealed first, by key, then the rest. */
function columnsOf([name, { columns }]: Entry): string {
  const own = Object.entries(columns as Record<string, Column>).filter(([column]) => !everywhere.has(column))
  const labelled = own.map(([column, { sealed }]) => ({
    label: columnLabel(name as TableName, column),
    kind: sealed === false ? 'Open' : `**Sealed${under[sealed]}:**`,
  }))
  const kinds = grouped(labelled, ({ kind }) => kind).toSorted(
    ([a], [b]) => Number(a === 'Open') - Number(b === 'Open'),
  )
  return kinds
    .map(([kind, members]) => {
      const labels = `${members.map(({ label }) => label).join(', ')}.`
      if (kind !== 'Open') return `${kind} ${labels}`
      return kinds.length === 1 ? capital(labels) : `Open: ${labels}`
    })
    .join(' ')
}

/** What a section says is held: one row for a table, every column of it named. */
export function data(facts: Facts, section: TableFacts['section']): string {
  const own = entries(facts).filter(([, entry]) => entry.section === section)
  return section === null
    ? bullets(own.map((entry) => `**${entry[1].title}:** ${columnsOf(entry)}`))
    : table(
        ['Record', 'What it holds'],
        own.map((entry) => [entry[1].title, columnsOf(entry)]),
      )
}

const titles = (members: Entry[]): string => members.map(([, { title }]) => title).join('; ')

const purposeWords: Record<TableFacts['purpose'], string> = {
  'provide the service': 'To provide, operate and maintain the Service',
  'secure the service': 'To let the right people in, and nobody else',
  'answer you': 'To answer you, and to do what you ask',
  'keep evidence': 'To be able to show what was done',
}

export function purposes(facts: Facts): string {
  const order = Object.keys(purposeWords)
  const ordered = entries(facts).toSorted(
    ([, a], [, b]) => order.indexOf(a.purpose) - order.indexOf(b.purpose),
  )
  const groups = grouped(ordered, ([, { purpose, basis }]) => `${purpose}|${basis}`)
  const most = Math.max(...groups.map(([, members]) => members.length))
  return bullets(
    groups.map(([key, members]) => {
      const [purpose, basis] = key.split('|') as [TableFacts['purpose'], string]
      const which = members.length === most ? 'every record that is not named below' : titles(members)
      return `**${purposeWords[purpose]}** (${basis}): ${which}.`
    }),
  )
}

const ends: Record<TableFacts['erase'], string> = {
  'shred and delete': 'Key destroyed, deleted',
  delete: 'Deleted',
  'keep pseudonymous': 'Kept, ids and digests only',
}

/** `7 days`, and for whom it is only then. */
function lifeOf({ life, reach }: TableFacts): string {
  if (life !== 'erasure') return counted(life.days, 'day')
  return Object.values(reach).some((way) => way !== null)
    ? 'until the workspace or the person is deleted'
    : 'without an end'
}

/** Clocks that start with the record itself; any other is named. */
const beginnings = new Set(
  'createdAt receivedAt at recordedAt sealedAt requestedAt startedAt placedAt queuedAt toldAt'.split(' '),
)

function since([name, { title, life }]: Entry): string {
  if (life === 'erasure') return title
  const from = beginnings.has(life.from) ? '' : `from: ${columnLabel(name as TableName, life.from)}`
  const when = life.when ? `only while ${conditionWords[life.when] ?? life.when}` : ''
  const notes = [from, when].filter((note) => note !== '').join('; ')
  return notes ? `${title} (${notes})` : title
}

/** Conditions of the sweep that speak of what only the program knows. */
const conditionWords: Record<string, string> = {
  'no message of this ref has come': 'the message they are about has not come',
}

/** How long each table is kept, and what a deletion does to it. */
export function retention(facts: Facts): string {
  const days = ([, { life }]: Entry) => (life === 'erasure' ? Number.POSITIVE_INFINITY : life.days)
  const ordered = entries(facts).toSorted((a, b) => Math.sign(days(a) - days(b)) || 0)
  const byEnd = (members: Entry[]) =>
    grouped(members, ([, { erase }]) => ends[erase]).map(
      ([end, own]) => `**${end}:** ${own.map(since).join('; ')}.`,
    )
  return table(
    ['Kept', 'Records, by what a deletion does to them'],
    grouped(ordered, ([, entry]) => lifeOf(entry)).map(([life, members]) => [
      capital(life),
      byEnd(members).join(' '),
    ]),
  )
}

/** The places outside of the database: journal, keys, files, queue, logs. */
export function places(facts: Facts): string {
  const held = ([store, all]: [string, Record<string, Place>]) =>
    Object.values(all).map((place) => [store, place] as const)
  const all = [
    ...Object.entries(facts.durableObjects).flatMap(([name, tables]) =>
      held([storeWords[name] ?? name, tables]),
    ),
    ...held(['Keys', facts.kvPrefixes]),
    ...held(['Files', facts.r2Prefixes]),
    ...held(['Queue', facts.queues]),
    ['Logs', facts.logs] as const,
  ]
  const said = ({ place, sealed, life, erase }: Place) =>
    `${place}${sealed === false ? '' : `, sealed under ${keyWords[sealed]}`} (${life}${endOf(erase)})`
  return bullets(
    grouped(all, ([store]) => store).map(
      ([store, held]) => `**${store}:** ${held.map(([, place]) => said(place)).join('; ')}.`,
    ),
  )
}

const keyWords: Record<Exclude<Place['sealed'], false>, string> = {
  'contact key': 'the person’s key',
  'account key': 'the workspace’s key',
  'contact or account key': 'the person’s or the workspace’s key',
  'member key': 'the person’s key',
  'visitor key': 'the person’s key',
  'person key': 'the person’s key',
  'day key': 'the key of the day',
  'root key': 'the root key',
  'deletion key': 'a key of its own',
}

/** How it ends, where that is not by being deleted. */
function endOf(erase: string): string {
  if (erase === 'delete' || erase === 'keep' || erase === 'expires') return ''
  return erase === 'keep pseudonymous' ? '; a deletion leaves it' : erase.replace(/^delete\b/, '')
}

const storeWords: Record<string, string> = { Intake: 'Journal', Transparency: 'Log' }
