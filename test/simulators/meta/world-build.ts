// Turns a set-up into the state of a world that has just begun. Called by world.ts at start and on reset,
// and by the sign-up control, which adds a business to a running world.

import { derivedUserId, numericId } from './ids.ts'
import type {
  BusinessSetup,
  NumberSetup,
  PersonSetup,
  ResolvedOptions,
  TemplateSetup,
  WabaSetup,
} from './options.ts'
import type { Person, PhoneNumber, State, Template } from './state.ts'

export const fullScopes = [
  'whatsapp_business_management',
  'whatsapp_business_messaging',
  'business_management',
]

function emptyState(options: ResolvedOptions): State {
  return {
    clockOffsetMs: 0,
    counter: 0,
    app: { callbackUrl: options.callbackUrl, verifyToken: options.verifyToken, fields: null },
    settings: { ...options.settings },
    businesses: new Map(),
    wabas: new Map(),
    numbers: new Map(),
    templates: new Map(),
    flows: new Map(),
    groups: new Map(),
    people: new Map(),
    tokens: new Map(),
    codes: new Map(),
    media: new Map(),
    uploads: new Map(),
    sent: new Map(),
    received: new Map(),
    pairs: new Map(),
    personByPhone: new Map(),
    personByUserId: new Map(),
    pending: [],
    deliveries: new Map(),
    requests: [],
    mailbox: [],
    faults: [],
  }
}

/** Also one that is added to an account later. */
export function newNumber(setup: NumberSetup, wabaId: string): PhoneNumber {
  return {
    id: setup.id,
    wabaId,
    displayPhoneNumber: setup.displayPhoneNumber,
    digits: setup.displayPhoneNumber.replace(/\D/g, ''),
    verifiedName: setup.verifiedName,
    pin: setup.pin ?? null,
    registered: setup.registered ?? true,
    coexistence: setup.coexistence ?? false,
    throughputMps: setup.throughputMps ?? (setup.coexistence ? 20 : 80),
    qualityRating: 'GREEN',
    profile: { messaging_product: 'whatsapp' },
    settings: {},
    override: null,
    blocked: [],
    qrs: [],
    registerAttemptsAt: [],
    username: null,
    syncs: [],
    onboardedAt: null,
    historyDeclined: false,
    nameStatus: 'APPROVED',
    messagingLimit: 'TIER_2K',
    serviceMonth: '',
    serviceCount: 0,
  }
}

export function newTemplate(setup: TemplateSetup, wabaId: string): Template {
  return {
    id: setup.id ?? numericId('1890', 17),
    wabaId,
    name: setup.name,
    language: setup.language,
    category: setup.category,
    status: setup.status ?? 'APPROVED',
    parameter_format: setup.parameter_format ?? 'POSITIONAL',
    components: structuredClone(setup.components),
    editedAt: null,
  }
}

function addWaba(state: State, businessId: string, setup: WabaSetup): void {
  state.wabas.set(setup.id, {
    id: setup.id,
    name: setup.name,
    businessId,
    currency: setup.currency ?? 'EUR',
    fundingId: setup.fundingId === undefined ? `702${setup.id.slice(3)}` : setup.fundingId,
    subscribed: setup.subscribed ?? true,
    override: null,
    locked: false,
    numberIds: setup.numbers.map((number) => number.id),
  })
  for (const number of setup.numbers) state.numbers.set(number.id, newNumber(number, setup.id))
  for (const entry of setup.templates ?? []) {
    const template = newTemplate(entry, setup.id)
    state.templates.set(template.id, template)
  }
  for (const flow of setup.flows ?? []) {
    const { id, name, status = 'DRAFT' } = flow
    state.flows.set(id, {
      id,
      wabaId: setup.id,
      name,
      status,
      categories: ['OTHER'],
      json: '{"version":"7.2","screens":[]}',
    })
  }
  for (const group of setup.groups ?? []) {
    const { id, numberId, subject, people } = group
    state.groups.set(id, { id, numberId, subject, personIds: people, lastInboundAt: 0 })
  }
}

/** Adds a business and, when it has one, its token. Its people get their ids when they are first seen. */
export function addBusiness(state: State, setup: BusinessSetup): void {
  const wabaIds = setup.wabas.map((waba) => waba.id)
  state.businesses.set(setup.id, { id: setup.id, name: setup.name, wabaIds })
  for (const waba of setup.wabas) addWaba(state, setup.id, waba)
  if (setup.token !== '') {
    state.tokens.set(setup.token, {
      value: setup.token,
      kind: 'business',
      businessId: setup.id,
      wabaIds,
      scopes: fullScopes,
      expiresAt: 0,
      revoked: false,
    })
  }
}

export function addPerson(state: State, setup: PersonSetup): Person {
  const person: Person = {
    id: setup.id,
    name: setup.name,
    username: setup.username ?? null,
    phone: setup.phone ?? null,
    aliases: setup.aliases ?? [],
    hidesPhone: setup.hidesPhone ?? false,
    country: setup.country,
    userIds: {},
  }
  state.people.set(person.id, person)
  for (const digits of [person.phone, ...person.aliases])
    if (digits) state.personByPhone.set(digits, person.id)
  for (const [businessId, userId] of Object.entries(setup.userIds ?? {}))
    giveUserId(state, person, businessId, userId)
  for (const businessId of state.businesses.keys()) userIdIn(state, person, businessId)
  return person
}

export function giveUserId(state: State, person: Person, businessId: string, userId: string): void {
  const before = person.userIds[businessId]
  if (before) state.personByUserId.delete(`${businessId}/${before}`)
  person.userIds[businessId] = userId
  state.personByUserId.set(`${businessId}/${userId}`, person.id)
}

/** The person's id inside one portfolio, made when it is first asked for. */
export function userIdIn(state: State, person: Person, businessId: string): string {
  const known = person.userIds[businessId]
  if (known) return known
  const made = derivedUserId(person.country, person.id, businessId)
  giveUserId(state, person, businessId, made)
  return made
}

export function buildState(options: ResolvedOptions): State {
  const state = emptyState(options)
  for (const business of options.businesses) addBusiness(state, business)
  for (const person of options.people) addPerson(state, person)
  const appToken = `${options.appId}|${options.appSecret}`
  state.tokens.set(appToken, {
    value: appToken,
    kind: 'app',
    businessId: null,
    wabaIds: [],
    scopes: [],
    expiresAt: 0,
    revoked: false,
  })
  return state
}
