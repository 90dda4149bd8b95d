// The words between {{ and }} in site/content/legal: each is a computed part of the text. One that is not here, or gets a
// word it does not know, fails the build.

import { data, places, purposes, retention } from './data-parts.ts'
import type { Facts } from './facts.ts'
import * as house from './house-parts.ts'
import { methods } from './methods.ts'
import { bullets, counted, dateWords } from './words.ts'

type Directive = (facts: Facts, word: string) => string

const dataSections: Record<string, 2 | 3 | 4 | null> = { '2': 2, '3': 3, '4': 4, machinery: null }

/** The value of a record, or an error that names what is missing. */
function entryOf(record: Readonly<Record<string, unknown>>, word: string, what: string): string | number {
  const value = record[word]
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`${what} has no ${word}`)
  return value
}

const directives: Record<string, Directive> = {
  operator: ({ operator }, word) => String(entryOf(operator, word, 'the operator record')),
  data: (facts, word) => {
    const section = dataSections[word]
    if (section === undefined) throw new Error(`there is no section of data called ${word}`)
    return data(facts, section)
  },
  purposes,
  retention,
  places,
  stores: house.stores,
  'longest backup': house.longestBackup,
  locations: house.locations,
  transfers: house.transfers,
  providers: house.providers,
  register: house.register,
  cookies: house.cookies,
  clocks: house.clocks,
  authorities: house.authorities,
  logs: house.logsLife,
  limit: house.limit,
  methods: () => bullets(methods.map(({ title, how }) => `**${title}.** ${how}`)),
  promise: ({ promise }, word) => counted(Number(entryOf(promise, word, 'the promise')), 'day'),
  measured: ({ measured }, word) => {
    const value = entryOf(measured, word, 'the measurement')
    return typeof value === 'string' ? dateWords(value) : value.toLocaleString('en-GB')
  },
  notice: ({ noticeDays }) => counted(noticeDays, 'day'),
}

/** Fills in `{{name}}` and `{{name: word}}`. Throws, naming the file, for what it does not know. */
export function fill(file: string, text: string, facts: Facts): string {
  return text.replace(/\{\{([^}]*)\}\}/g, (_, inside: string) => {
    const [name = '', word = ''] = inside.split(':').map((part) => part.trim())
    const directive = Object.hasOwn(directives, name) ? directives[name] : undefined
    if (!directive) throw new Error(`${file}: nothing is called {{${inside}}}`)
    try {
      return directive(facts, word)
    } catch (cause) {
      throw new Error(`${file}: {{${inside}}}: ${(cause as Error).message}`, { cause })
    }
  })
}
