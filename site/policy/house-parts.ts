// The parts of the text about where data is and who handles it: stores, backups, countries, providers, cookies, clocks.
// Pure; called by directives.ts.

import type { Category } from '../../db/catalog.ts'
import type { Clock } from '../../db/clocks.ts'
import type { Facts } from './facts.ts'
import { bullets, capital, counted, dateWords, duration, grouped, listed, table } from './words.ts'

/** What we use, and for how long a copy of it can be brought back. */
export const stores = ({ bindings }: Facts): string =>
  table(
    ['Store', 'Backups'],
    Object.values(bindings).map(({ title, what, backupDays }) => [
      `${title}: ${what}`,
      backupDays === 0 ? 'none' : counted(backupDays, 'day'),
    ]),
  )

/** The longest time in which any store can be brought back. */
export const longestBackup = ({ bindings }: Facts): string =>
  counted(Math.max(...Object.values(bindings).map(({ backupDays }) => backupDays)), 'day')

export const locations = ({ bindings }: Facts): string =>
  bullets(
    grouped(Object.values(bindings), ({ location }) => location).map(
      ([location, all]) => `${capital(location)}: ${all.map(({ title }) => title).join('; ')}.`,
    ),
  )

export const transfers = ({ subprocessors }: Facts): string =>
  table(
    ['Provider', 'Where, and what protects a transfer'],
    subprocessors.map(({ name, country, location, transfer }) => [
      `${name}, ${country}`,
      `${capital(location)}. ${transfer}`,
    ]),
  )

const categoryWords: Record<Category, string> = {
  content: 'content',
  'contact details': 'contact details',
  'account details': 'account details',
  credential: 'keys and tokens',
  pseudonym: 'ids and digests',
  metadata: 'times and states',
  operational: 'records of the machinery',
}

const handled = (data: Category[]): string => listed(data.map((category) => categoryWords[category]))

export const providers = ({ subprocessors }: Facts): string =>
  table(
    ['Provider', 'What it does for us'],
    subprocessors.map(({ name, purpose, data }) => [name, `${purpose} It handles ${handled(data)}.`]),
  )

/** The whole register, for its own page. */
export const register = ({ subprocessors, bindings }: Facts): string =>
  subprocessors
    .map((provider) =>
      [
        `### ${provider.name}`,
        '',
        table(
          ['What', 'Of this provider'],
          [
            ['Does for us', `${capital(provider.role)}. ${provider.purpose}`],
            ['Handles', capital(handled(provider.data))],
            [
              'Stores of ours there',
              provider.bindings.map((name) => bindings[name]?.title ?? name).join('; ') || 'none',
            ],
            [
              'Called at',
              provider.hosts.map((host) => `\`${host}\``).join(', ') || 'nothing: our program runs there',
            ],
            ['Country', provider.country],
            ['Address', provider.address],
            ['Questions about privacy', provider.contact],
            ['Where', capital(provider.location)],
            ['What protects a transfer', provider.transfer],
            ['Since', dateWords(provider.since)],
            ['Whom they work with', provider.theirs],
            ...(provider.toConfirm ? [['Not confirmed yet', capital(provider.toConfirm)]] : []),
          ],
        ),
      ].join('\n'),
    )
    .join('\n\n')

export const cookies = ({ cookies: all }: Facts): string =>
  all.length === 0
    ? '**Today this site sets no cookie and keeps nothing else in your browser.**'
    : table(
        ['Name', 'What for', 'How long', 'Necessary'],
        all.map(({ name, kind, purpose, life, necessary }) => [
          `\`${name}\` (${kind})`,
          purpose,
          life,
          necessary ? 'yes' : 'no',
        ]),
      )

const within = (amount: number | undefined, unit: Clock['unit']): string =>
  amount === undefined ? 'no number' : unit === 'month' ? counted(amount, 'month') : counted(amount, 'day')

export const clocks = ({ clocks: all, promise }: Facts): string =>
  table(
    ['Rule', 'Copy of the data', 'Everything else'],
    [
      ['Our promise to everybody', counted(promise.accessDays, 'day'), counted(promise.otherDays, 'day')],
      ...all.map(({ title, appliesTo, kinds, unit, source }) => [
        `${title}, for ${appliesTo}. ${source}`,
        within(kinds.access, unit),
        within(kinds.other, unit),
      ]),
    ],
  )

export const authorities = ({ clocks: all }: Facts): string =>
  bullets(
    grouped([...all], ({ authority }) => `[${authority.name}](${authority.url})`).map(
      ([link, [first]]) => `${capital(first?.appliesTo ?? '')}: ${link}`,
    ),
  )

export function reviewed({ operator }: Facts): string {
  const { legalReview } = operator
  return legalReview === null
    ? 'not reviewed'
    : `This text was reviewed by ${legalReview.by} on ${dateWords(legalReview.on)}.`
}

export const logsLife = ({ logs }: Facts): string => logs.life

/** `limits.epochTurnMs` in words. */
export function limit({ limits }: Facts, name: string): string {
  const value = (limits as Record<string, unknown>)[name]
  if (typeof value !== 'number') throw new Error(`there is no limit called ${name}`)
  if (name.endsWith('Ms')) return duration(value)
  return name.endsWith('Days') ? counted(value, 'day') : value.toLocaleString('en-GB')
}
