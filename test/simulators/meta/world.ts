// The world that the simulated Meta looks after: who exists, what was said, what time it is.
// Called by every handler. Its state is plain data (state.ts), written and read back as JSON.

import { countryOf } from './ids.ts'
import type { ResolvedOptions } from './options.ts'
import type { Business, Pair, Person, PhoneNumber, Settings, State, Waba } from './state.ts'
import { addPerson, buildState, userIdIn } from './world-build.ts'

function toJsonValue(this: Record<string, unknown>, key: string): unknown {
  const value = this[key]
  if (value instanceof Map) return { $map: [...value] }
  if (typeof value === 'bigint') return { $bigint: String(value) }
  return value
}

function fromJsonValue(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$map' in value) return new Map(value.$map as [unknown, unknown][])
  if ('$bigint' in value) return BigInt(value.$bigint as string)
  return value
}

export class World {
  state: State
  readonly options: ResolvedOptions
  /** Grows with every change that is worth keeping. */
  version = 0

  constructor(options: ResolvedOptions) {
    this.options = options
    this.state = buildState(options)
  }

  now(): number {
    return this.options.now() + this.state.clockOffsetMs
  }

  get settings(): Settings {
    return this.state.settings
  }

  touch(): void {
    this.version += 1
  }

  /** Everything as JSON text; `restore` of that text gives the same world. */
  snapshot(): string {
    return JSON.stringify(this.state, toJsonValue)
  }

  restore(text: string): void {
    const read = JSON.parse(text, fromJsonValue) as State
    const settings = { ...this.options.settings, ...read.settings }
    this.state = { ...buildState(this.options), ...read, settings }
    this.touch()
  }

  reset(): void {
    this.state = buildState(this.options)
    this.touch()
  }

  wabaOf(number: PhoneNumber): Waba {
    const waba = this.state.wabas.get(number.wabaId)
    if (!waba) throw new Error(`number ${number.id} has no account`)
    return waba
  }

  businessOf(number: PhoneNumber): Business {
    const business = this.state.businesses.get(this.wabaOf(number).businessId)
    if (!business) throw new Error(`number ${number.id} has no business`)
    return business
  }

  /** The person behind a phone number; anybody with a plausible number is a person. */
  personByPhone(digits: string): Person {
    const id = this.state.personByPhone.get(digits)
    const known = id === undefined ? undefined : this.state.people.get(id)
    return (
      known ??
      addPerson(this.state, { id: digits, name: `+${digits}`, phone: digits, country: countryOf(digits) })
    )
  }

  personByUserId(businessId: string, userId: string): Person | null {
    const id = this.state.personByUserId.get(`${businessId}/${userId}`)
    return (id === undefined ? undefined : this.state.people.get(id)) ?? null
  }

  userId(person: Person, businessId: string): string {
    return userIdIn(this.state, person, businessId)
  }

  /** The phone as businesses may see it, or null. */
  visiblePhone(person: Person): string | null {
    return person.hidesPhone || this.settings.omitPhones ? null : person.phone
  }

  pair(numberId: string, personOrGroupId: string): Pair {
    const key = `${numberId}/${personOrGroupId}`
    const known = this.state.pairs.get(key)
    if (known) return known
    const made: Pair = {
      lastInboundAt: 0,
      tokens: 45,
      tokensAt: this.now(),
      typingUntil: 0,
      stoppedMarketing: false,
      timeline: [],
    }
    this.state.pairs.set(key, made)
    return made
  }

  /** Keeps a log no longer than its limit, oldest out first. */
  trim(entries: Map<string, unknown>, limit: number): void {
    for (const key of entries.keys()) {
      if (entries.size <= limit) return
      entries.delete(key)
    }
  }
}
