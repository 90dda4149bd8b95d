// What the simulated Meta knows: plain data, so that a world can be written to a file and read back.
// Called by every other file here. Source: Meta’s documentation for the things that exist at Meta.

export type Json = Record<string, unknown>

export type Business = { id: string; name: string; wabaIds: string[] }

export type Waba = {
  id: string
  name: string
  businessId: string
  currency: string
  fundingId: string | null
  subscribed: boolean
  override: Override | null
  /** A locked account refuses every send with 131031. */
  locked: boolean
  numberIds: string[]
}

type Override = { url: string; verifyToken: string }

export type PhoneNumber = {
  id: string
  wabaId: string
  displayPhoneNumber: string
  digits: string
  verifiedName: string
  pin: string | null
  registered: boolean
  coexistence: boolean
  throughputMps: number
  qualityRating: string
  profile: Json
  settings: Json
  override: Override | null
  blocked: string[]
  qrs: { code: string; prefilled_message: string }[]
  registerAttemptsAt: number[]
  username: string | null
  syncs: string[]
  /** When it came through the sign-up window; null when it was there before. */
  onboardedAt: number | null
  /** The business kept its history to itself. */
  historyDeclined: boolean
  nameStatus: string
  messagingLimit: string
  serviceMonth: string
  serviceCount: number
}

export type Template = {
  id: string
  wabaId: string
  name: string
  language: string
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
  status: string
  parameter_format: 'POSITIONAL' | 'NAMED'
  components: TemplateComponent[]
  editedAt: number | null
}

export type TemplateComponent = {
  type: string
  format?: string
  text?: string
  buttons?: { type: string; text?: string; url?: string; phone_number?: string; otp_type?: string }[]
  example?: Json
  [key: string]: unknown
}

export type Flow = {
  id: string
  wabaId: string
  name: string
  status: string
  categories: string[]
  json: string
}

export type Group = {
  id: string
  numberId: string
  subject: string
  personIds: string[]
  lastInboundAt: number
}

export type Person = {
  id: string
  name: string
  username: string | null
  phone: string | null
  /** Other spellings that reach the same phone (Brazil's ninth digit, Mexico's 1). */
  aliases: string[]
  hidesPhone: boolean
  country: string
  userIds: Record<string, string>
}

export type Token = {
  value: string
  kind: 'business' | 'app'
  businessId: string | null
  wabaIds: string[]
  scopes: string[]
  expiresAt: number
  revoked: boolean
  /** The app it was made for; ours unless said. */
  appId?: string
  /** Since June 2026 some tokens name the permission only in flat scopes, without the accounts. */
  flat?: boolean
}

/** What a token will be like that a code is exchanged for. */
export type TokenKind = { expires?: boolean; flat?: boolean; lacking?: string; otherApp?: boolean }
export type Code = {
  value: string
  businessId: string
  wabaIds: string[]
  expiresAt: number
  used: boolean
  kind?: TokenKind
}

export type Media = {
  id: string
  businessId: string
  numberId: string
  mime: string
  sha256: string
  base64: string
  size: number
  filename: string | null
  animated: boolean
  createdAt: number
  expiresAt: number
}

export type Upload = {
  id: string
  /** Goes with the id in the address. */
  sig: string
  mime: string
  length: number
  received: number
  handle: string
}

type StatusRecord = { status: string; at: number; errors?: Json[]; participant?: string }

export type SentMessage = {
  id: string
  numberId: string
  personId: string | null
  groupId: string | null
  to: string | null
  recipient: string | null
  via: 'phone' | 'user' | 'group' | 'lost'
  type: string
  payload: Json
  at: number
  version: number
  category: string
  priceType: string
  statuses: StatusRecord[]
  /** True when the message reached the person's phone. */
  delivered: boolean
  rendered: Json | null
}

export type InboundMessage = {
  id: string
  numberId: string
  personId: string
  groupId: string | null
  type: string
  message: Json
  at: number
  readAt: number | null
  revokedAt: number | null
  editedText: string | null
}

export type Pair = {
  lastInboundAt: number
  tokens: number
  tokensAt: number
  typingUntil: number
  stoppedMarketing: boolean
  /** Message ids of both directions in the order in which the phone shows them. */
  timeline: string[]
}

export type Update = {
  dueAt: number
  entryId: string
  wabaId: string | null
  numberId: string | null
  field: string
  value: Json
  timed: boolean
}

export type Attempt = {
  at: number
  status: number | null
  answer: string
  error: string | null
  tookMs: number
}

export type Delivery = {
  id: string
  url: string
  body: string
  signature: string
  updates: number
  createdAt: number
  attempts: Attempt[]
  state: 'pending' | 'delivered' | 'given up'
  nextAttemptAt: number | null
}

export type RequestLog = {
  id: number
  at: number
  method: string
  path: string
  status: number
  code: number | null
  tookMs: number
  body: string | null
  fault: string | null
}

type Mail = { id: string; at: number; [key: string]: unknown }

export type Fault = {
  id: string
  kind: string
  method: string | null
  path: string | null
  next: number
  code: number
  status: number | null
  message: string | null
  details: string | null
  subcode: number | null
  delayMs: number
  afterEffect: boolean
  transient: boolean
}

export type Settings = {
  /** How long updates are collected into one POST; 0 posts each one alone and at once. */
  batchMs: number
  batchMax: number
  mergeChanges: 'always' | 'never' | 'alternate'
  autoStatuses: boolean
  sentDelayMs: number
  deliveredDelayMs: number
  duplicate: boolean
  reorder: boolean
  omitPhones: boolean
  statusBeforeResponse: boolean
  hold: boolean
  retryDelaysMs: number[]
  callbackTimeoutMs: number
  asyncWindowErrors: boolean
  enforceWindow: boolean
  enforcePairRate: boolean
  enforceThroughput: boolean
  enforceManagementRate: boolean
  managementPerHour: number | null
  requireAppSecretProof: boolean
  prependCountryCode: boolean
  notOnWhatsApp: string[]
  failingLinks: string[]
  freeServicePerMonth: number
}

type AppState = {
  callbackUrl: string | null
  verifyToken: string
  /** Null means every field. */
  fields: string[] | null
}

export type State = {
  clockOffsetMs: number
  counter: number
  app: AppState
  settings: Settings
  businesses: Map<string, Business>
  wabas: Map<string, Waba>
  numbers: Map<string, PhoneNumber>
  templates: Map<string, Template>
  flows: Map<string, Flow>
  groups: Map<string, Group>
  people: Map<string, Person>
  tokens: Map<string, Token>
  codes: Map<string, Code>
  media: Map<string, Media>
  uploads: Map<string, Upload>
  sent: Map<string, SentMessage>
  received: Map<string, InboundMessage>
  pairs: Map<string, Pair>
  personByPhone: Map<string, string>
  personByUserId: Map<string, string>
  pending: Update[]
  deliveries: Map<string, Delivery>
  requests: RequestLog[]
  mailbox: Mail[]
  faults: Fault[]
}
