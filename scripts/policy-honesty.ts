// What the program does and no record says: columns, bindings, hosts that are called, things kept in a browser. Reads the
// source, the migrations and wrangler.toml; a complaint names the place and what has to be said about it. Called by
// policy.ts and tests.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { parse } from 'smol-toml'
import { bindings, type Column, d1 } from '../db/catalog.ts'
import { schema } from '../db/client.ts'
import { cookies } from '../db/cookies.ts'
import { namedHosts, subprocessors } from '../db/subprocessors.ts'
import { type Found, hostsIn, keptInBrowser, socketsIn } from './policy-source.ts'

const root = join(import.meta.dirname, '..')

const sources = (folders: string[], endings: RegExp): { path: string; text: string }[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((path) => endings.test(path) && !path.startsWith('site/generated'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

type Named = { table: string; column: string }

/** What the migrations make, in an empty database. */
function migratedColumns(): Named[] {
  const database = new DatabaseSync(':memory:')
  const folder = join(root, 'db/migrations')
  for (const name of readdirSync(folder)
    .filter((each) => each.endsWith('.sql'))
    .sort())
    database.exec(readFileSync(join(folder, name), 'utf8'))
  return database
    .prepare(
      `SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
    )
    .all() as Named[]
}

type Catalogued = Named & { is: Column }

function cataloguedColumns(): Catalogued[] {
  return Object.entries(d1).flatMap(([key, { columns }]) => {
    const table = schema[key as keyof typeof d1] as SQLiteTable
    const real = getTableColumns(table) as Record<string, { name: string } | undefined>
    return Object.entries(columns as Record<string, Column>).map(([property, is]) => ({
      table: getTableName(table),
      column: real[property]?.name ?? property,
      is,
    }))
  })
}

const placeOf = ({ table, column }: Named) => `${table}.${column}`

function aboutColumns(): string[] {
  const known = new Set(cataloguedColumns().map(placeOf))
  const real = migratedColumns().map(placeOf)
  return [
    ...real
      .filter((place) => !known.has(place))
      .map(
        (place) =>
          `${place} is a column that db/catalog.ts does not know. Say there what kind of data it is, whose, whether it is sealed and exported; the policy then says that it is kept.`,
      ),
    ...[...known]
      .filter((place) => !real.includes(place))
      .map((place) => `${place} is in db/catalog.ts, and no migration makes it.`),
  ]
}

/** Names that columns have which hold what leads to a person. */
const telling = /mail|phone|birth|passport|street|surname|latitude|longitude|ip_address|user_agent/
const machine = new Set(['operational', 'metadata'])

/** A column that sounds like a person's detail and is described as if it were nobody's. */
function aboutCarelessness(): string[] {
  return cataloguedColumns()
    .filter(({ column, is }) => telling.test(column) && (machine.has(is.category) || unsealed(is)))
    .filter(({ column }) => !/_id$/.test(column))
    .map(
      (entry) =>
        `${placeOf(entry)} sounds like a detail of a person, and db/catalog.ts calls it ${entry.is.category}, ${entry.is.sealed ? 'sealed' : 'not sealed'}, whose: ${entry.is.whose}. Say whose it is, and seal it or keep a digest.`,
    )
}

const unsealed = ({ category, sealed }: Column) =>
  sealed === false && (category === 'contact details' || category === 'content')

function boundNames(): string[] {
  const config = parse(readFileSync(join(root, 'wrangler.toml'), 'utf8')) as Record<string, unknown>
  const names: string[] = []
  const look = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const item of value) look(item, key)
    else if (value !== null && typeof value === 'object') {
      const { binding, name } = value as { binding?: unknown; name?: unknown }
      if (typeof binding === 'string') names.push(binding)
      else if (typeof name === 'string' && key !== '') names.push(name)
      for (const [inner, each] of Object.entries(value)) look(each, inner)
    }
  }
  look(config, '')
  return [...new Set(names)]
}

function aboutBindings(): string[] {
  const covered = new Set(subprocessors.flatMap((provider) => provider.bindings))
  const bound = boundNames()
  return [
    ...bound
      .filter((name) => !(name in bindings))
      .map(
        (name) =>
          `${name} is a binding of wrangler.toml that db/catalog.ts does not know. Say under \`bindings\` what is in it, where it is, and for how many days a backup can bring it back.`,
      ),
    ...bound
      .filter((name) => !covered.has(name))
      .map(
        (name) =>
          `${name} is a binding that no provider in db/subprocessors.ts covers. Say whose store it is.`,
      ),
    ...[...new Set([...Object.keys(bindings), ...covered])]
      .filter((name) => !bound.includes(name))
      .map((name) => `${name} is described, and wrangler.toml does not bind it.`),
  ]
}

const isOf = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) || host === pattern.slice(2) : host === pattern

function aboutHosts(): string[] {
  const called = subprocessors.flatMap((provider) => provider.hosts)
  const known = [...called, ...Object.keys(namedHosts)]
  const code = sources(['worker', 'db'], /\.ts$/)
  const found = code.flatMap(({ path, text }) => hostsIn(path, text))
  const used = (pattern: string) => found.some(({ what }) => isOf(pattern, what))
  return [
    ...found
      .filter(({ what }) => !known.some((pattern) => isOf(pattern, what)))
      .map(
        ({ at, what }) =>
          `${at} names the host ${what}, and no provider in db/subprocessors.ts is called there. Say who that is, what they are given and why; or, if it is never called, name it in \`namedHosts\` with the reason.`,
      ),
    ...code
      .flatMap(({ path, text }) => socketsIn(path, text))
      .map(({ at }) => `${at} opens sockets: what is called that way cannot be seen here. Use fetch.`),
    ...Object.keys(namedHosts)
      .filter((host) => !used(host))
      .map((host) => `${host} stands in \`namedHosts\` of db/subprocessors.ts, and nowhere else.`),
  ]
}

function aboutBrowsers(): string[] {
  const found = sources(['worker', 'site'], /\.(ts|astro|mjs|js)$/).flatMap(({ path, text }) =>
    keptInBrowser(path, text),
  )
  const listed = (item: Found) => cookies.some(({ setIn }) => setIn.includes(item.at.replace(/:\d+$/, '')))
  return found
    .filter((item) => !listed(item))
    .map(
      ({ at, what }) =>
        `${at} keeps something in the browser (${what}), and db/cookies.ts lists nothing that is set in this file. Say there its name, what it is for, how long it stays and whether it is necessary.`,
    )
}

/** Empty when nothing is done that is not said. */
export const complaints = (): string[] => [
  ...aboutColumns(),
  ...aboutCarelessness(),
  ...aboutBindings(),
  ...aboutHosts(),
  ...aboutBrowsers(),
]
