// How a simulated Meta is set up: the app, its businesses and people, and the outside world it may touch.
// Called by tests, benches and serve.ts through createMeta.

import type { Settings, TemplateComponent } from './state.ts'

export type TemplateSetup = {
  id?: string
  name: string
  language: string
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
  status?: string
  parameter_format?: 'POSITIONAL' | 'NAMED'
  components: TemplateComponent[]
}

export type NumberSetup = {
  id: string
  displayPhoneNumber: string
  verifiedName: string
  pin?: string
  registered?: boolean
  coexistence?: boolean
  throughputMps?: number
}

export type WabaSetup = {
  id: string
  name: string
  numbers: NumberSetup[]
  templates?: TemplateSetup[]
  flows?: { id: string; name: string; status?: string }[]
  groups?: { id: string; numberId: string; subject: string; people: string[] }[]
  currency?: string
  /** Null: the business has no payment method. */
  fundingId?: string | null
  /** Whether the app is already subscribed to the account's webhooks; true unless said. */
  subscribed?: boolean
}

export type BusinessSetup = { id: string; name: string; token: string; wabas: WabaSetup[] }

export type PersonSetup = {
  id: string
  name: string
  country: string
  username?: string
  /** Digits with country code, no plus sign. */
  phone?: string
  aliases?: string[]
  hidesPhone?: boolean
  /** Business-scoped user id per business id; those not given are derived. */
  userIds?: Record<string, string>
}

export type MetaOptions = {
  appId?: string
  appSecret?: string
  verifyToken?: string
  callbackUrl?: string | null
  /** Where this simulator is reached; the origin of each request unless said. */
  origin?: string
  /** Origin of media download URLs; the simulator's own unless said. */
  mediaOrigin?: string
  businesses?: BusinessSetup[]
  people?: PersonSetup[]
  settings?: Partial<Settings>
  fetch?: (input: string, init?: RequestInit) => Promise<Response>
  now?: () => number
  schedule?: (run: () => void, delayMs: number) => void
  /** How many requests, deliveries and messages are remembered. */
  logLimit?: number
  messageLimit?: number
}

const defaultSettings: Settings = {
  batchMs: 40,
  batchMax: 1000,
  mergeChanges: 'alternate',
  autoStatuses: true,
  sentDelayMs: 0,
  deliveredDelayMs: 150,
  duplicate: false,
  reorder: false,
  omitPhones: false,
  statusBeforeResponse: false,
  hold: false,
  retryDelaysMs: [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 14_400_000, 43_200_000],
  callbackTimeoutMs: 10_000,
  asyncWindowErrors: false,
  enforceWindow: true,
  enforcePairRate: true,
  enforceThroughput: true,
  enforceManagementRate: true,
  managementPerHour: null,
  requireAppSecretProof: false,
  prependCountryCode: false,
  notOnWhatsApp: ['34600999000'],
  failingLinks: [],
  freeServicePerMonth: 1000,
}

export type ResolvedOptions = Required<Omit<MetaOptions, 'origin' | 'mediaOrigin' | 'settings'>> & {
  origin: string | null
  mediaOrigin: string | null
  settings: Settings
}

function wakeLater(run: () => void, delayMs: number): void {
  const timer: unknown = setTimeout(run, Math.min(delayMs, 3_600_000))
  // A retry that waits for hours must not keep a finished test process alive.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
}

/** Fills in everything that was left out. Refuses a blank secret, with which anybody could sign. */
export function resolveOptions(
  given: MetaOptions,
  cast: Required<Pick<MetaOptions, 'appId' | 'appSecret' | 'verifyToken' | 'businesses' | 'people'>>,
): ResolvedOptions {
  const appSecret = given.appSecret ?? cast.appSecret
  if (appSecret === '') throw new Error('appSecret must not be blank')
  return {
    appId: given.appId ?? cast.appId,
    appSecret,
    verifyToken: given.verifyToken ?? cast.verifyToken,
    callbackUrl: given.callbackUrl ?? null,
    origin: given.origin ?? null,
    mediaOrigin: given.mediaOrigin ?? null,
    businesses: given.businesses ?? cast.businesses,
    people: given.people ?? cast.people,
    settings: { ...defaultSettings, ...given.settings },
    fetch: given.fetch ?? ((input, init) => fetch(input, init)),
    now: given.now ?? (() => Date.now()),
    schedule: given.schedule ?? wakeLater,
    logLimit: given.logLimit ?? 2000,
    messageLimit: given.messageLimit ?? 50_000,
  }
}
