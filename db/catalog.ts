// Every place that can hold personal data, and the truth about it: whose, why, how long, how it is erased. Pure data.
// The sweep reads lives from here; exports, erasure, the residue scan, receipts and the policy's tables are built on
// it. A column or binding without an entry does not compile or fails test/worker/db/catalog.test.ts.

import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type * as schema from './schema.ts'

type Tables = {
  [T in keyof typeof schema as (typeof schema)[T] extends SQLiteTable ? T : never]: (typeof schema)[T]
}
export type TableName = keyof Tables
type ColumnOf<T extends TableName> = keyof Tables[T]['_']['columns'] & string

/** What kind of data, in the words of the policy. */
export type Category =
  | 'content'
  | 'contact details'
  | 'account details'
  | 'credential'
  | 'pseudonym'
  | 'metadata'
  | 'operational'

export type Whose = 'contact' | 'member' | 'business' | 'nobody'

export type Column = {
  category: Category
  whose: Whose
  /** The key it is sealed under; false when it stands in clear. */
  sealed: 'contact key' | 'account key' | 'contact or account key' | 'member key' | false
  exported: boolean
}

export type Purpose = 'provide the service' | 'secure the service' | 'keep evidence'
export type Basis = 'contract with the business' | 'legitimate interest' | 'legal obligation'

/** What starts the clock (a column of epoch ms) and how many days it runs. `erasure` ends only by a deletion. */
export type Life<C extends string = string> = { days: number; from: C; when?: string } | 'erasure'

/** Rows whose `by` is the `key` of a row of `of` that belongs to the scope, with `prefix` in front. */
export type Via<T extends TableName> = {
  [O in TableName]: { by: ColumnOf<T>; of: O; key: ColumnOf<O>; prefix?: string }
}[TableName]

/** A column that holds the id, ways through tables that stand above this one, or null where no row belongs to the scope. */
export type Reach<T extends TableName> = ColumnOf<T> | (ColumnOf<T> | Via<T>)[] | null

export type Table<T extends TableName> = {
  /** How rows are reached for each scope. */
  reach: { workspace: Reach<T>; contact: Reach<T>; member: Reach<T> }
  /** Rows that name no contact but may speak of one: this sealed column has to be opened and read. */
  mayMention?: ColumnOf<T>
  purpose: Purpose
  basis: Basis
  life: Life<ColumnOf<T>>
  erase: 'delete' | 'shred and delete' | 'keep pseudonymous'
  columns: { [C in ColumnOf<T>]: Column }
}

const column = (category: Category, whose: Whose, sealed: Column['sealed'], exported: boolean): Column => ({
  category,
  whose,
  sealed,
  exported,
})
const operational = column('operational', 'nobody', false, false)
const metadata = column('metadata', 'contact', false, true)
const pseudonym = column('pseudonym', 'contact', false, false)
const details = column('contact details', 'contact', 'contact key', true)
const content = column('content', 'contact', 'contact key', true)
const business = column('account details', 'business', false, true)

export const d1: { [T in TableName]: Table<T> } = {
  accounts: {
    reach: { workspace: 'id', contact: null, member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'shred and delete',
    columns: {
      id: business,
      name: business,
      createdAt: business,
    },
  },
  members: {
    reach: { workspace: 'accountId', contact: null, member: 'id' },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'shred and delete',
    columns: {
      id: column('pseudonym', 'member', false, true),
      accountId: business,
      role: column('account details', 'member', false, true),
      email: column('account details', 'member', 'member key', true),
      createdAt: column('metadata', 'member', false, true),
    },
  },
  metaLinks: {
    reach: { workspace: 'accountId', contact: null, member: 'memberId' },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: 'erasure',
    erase: 'delete',
    columns: {
      digest: column('pseudonym', 'member', false, false),
      accountId: business,
      memberId: column('pseudonym', 'member', false, false),
      at: column('metadata', 'member', false, true),
      revokedAt: column('metadata', 'member', false, true),
    },
  },
  holds: {
    reach: { workspace: 'accountId', contact: 'subjectId', member: null },
    purpose: 'secure the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'delete',
    columns: {
      accountId: business,
      subjectId: business,
      kind: business,
      reason: business,
      at: business,
      liftedAt: business,
    },
  },
  apiKeys: {
    reach: { workspace: 'accountId', contact: null, member: 'memberId' },
    purpose: 'secure the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'delete',
    columns: {
      id: business,
      accountId: business,
      memberId: column('pseudonym', 'member', false, false),
      name: business,
      digest: column('credential', 'business', false, false),
      scopes: business,
      createdAt: business,
      lastUsedAt: business,
      revokedAt: business,
    },
  },
  wabas: {
    reach: { workspace: 'accountId', contact: null, member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'shred and delete',
    columns: {
      wabaId: business,
      accountId: business,
      token: column('credential', 'business', 'account key', false),
      connectedAt: business,
    },
  },
  numbers: {
    reach: { workspace: 'accountId', contact: null, member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'shred and delete',
    columns: {
      id: business,
      accountId: business,
      wabaId: business,
      phoneNumberId: business,
      connectedAt: business,
      displayPhoneNumber: column('account details', 'business', 'account key', true),
      verifiedName: column('account details', 'business', 'account key', true),
    },
  },
  contacts: {
    reach: { workspace: 'accountId', contact: 'id', member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'shred and delete',
    columns: {
      id: pseudonym,
      accountId: business,
      name: details,
      nameVersion: pseudonym,
      username: details,
      usernameVersion: pseudonym,
      phone: details,
      phoneVersion: pseudonym,
      bsuid: details,
      bsuidVersion: pseudonym,
      createdAt: metadata,
      lastSeenAt: metadata,
    },
  },
  conversations: {
    reach: { workspace: 'accountId', contact: 'contactId', member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'delete',
    columns: {
      id: pseudonym,
      accountId: business,
      numberId: business,
      contactId: pseudonym,
      createdAt: metadata,
      lastMessageAt: metadata,
      userLastAt: metadata,
    },
  },
  messages: {
    reach: {
      workspace: 'accountId',
      contact: [{ by: 'conversationId', of: 'conversations', key: 'id' }],
      member: null,
    },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'shred and delete',
    columns: {
      id: pseudonym,
      accountId: business,
      numberId: business,
      conversationId: pseudonym,
      contactId: pseudonym,
      ref: pseudonym,
      wamid: column('contact details', 'contact', 'contact key', true),
      direction: metadata,
      origin: metadata,
      precedence: operational,
      type: metadata,
      content,
      at: metadata,
      sortKey: metadata,
      receivedAt: metadata,
      status: metadata,
      statusAt: metadata,
      errorCode: metadata,
      editedAt: metadata,
      revokedAt: metadata,
    },
  },
  messageStatuses: {
    reach: {
      workspace: 'accountId',
      // A status that waits for its message is known by whom it went to, one of a message of ours by the message.
      contact: ['contactId', { by: 'ref', of: 'messages', key: 'ref' }],
      member: null,
    },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: { days: 7, from: 'receivedAt', when: 'no message of this ref has come' },
    erase: 'delete',
    columns: {
      accountId: business,
      ref: pseudonym,
      status: metadata,
      participant: pseudonym,
      contactId: pseudonym,
      at: metadata,
      errorCode: metadata,
      receivedAt: metadata,
    },
  },
  messageChanges: {
    reach: { workspace: 'accountId', contact: 'contactId', member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: { days: 7, from: 'receivedAt', when: 'no message of this ref has come' },
    erase: 'shred and delete',
    columns: {
      accountId: business,
      ref: pseudonym,
      targetRef: pseudonym,
      kind: metadata,
      direction: metadata,
      contactId: pseudonym,
      content,
      at: metadata,
      sortKey: metadata,
      receivedAt: metadata,
    },
  },
  contactPreferences: {
    reach: { workspace: 'accountId', contact: 'contactId', member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: 'erasure',
    erase: 'delete',
    columns: { accountId: business, contactId: pseudonym, category: metadata, value: metadata, at: metadata },
  },
  rawEvents: {
    reach: { workspace: 'accountId', contact: 'contactId', member: null },
    mayMention: 'payload',
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: { days: 7, from: 'receivedAt' },
    erase: 'shred and delete',
    columns: {
      id: pseudonym,
      part: operational,
      accountId: business,
      contactId: pseudonym,
      counterKey: business,
      outcome: operational,
      field: operational,
      reason: operational,
      attempts: operational,
      nextAt: operational,
      receivedAt: metadata,
      payload: column('content', 'contact', 'contact or account key', true),
    },
  },
  intakeCounts: {
    reach: {
      workspace: [
        { by: 'counterKey', of: 'numbers', key: 'phoneNumberId' },
        { by: 'counterKey', of: 'wabas', key: 'wabaId', prefix: 'waba:' },
      ],
      contact: null,
      member: null,
    },
    purpose: 'provide the service',
    basis: 'legitimate interest',
    life: { days: 400, from: 'lastEventAt' },
    erase: 'delete',
    columns: {
      counterKey: business,
      day: operational,
      received: operational,
      handled: operational,
      duplicate: operational,
      ignored: operational,
      erased: operational,
      unknown: operational,
      malformed: operational,
      retry: operational,
      dead: operational,
      lastEventAt: operational,
    },
  },
  intakeCursors: {
    reach: { workspace: null, contact: null, member: null },
    purpose: 'provide the service',
    basis: 'legitimate interest',
    life: 'erasure',
    erase: 'delete',
    columns: { shard: operational, segment: operational, item: operational },
  },
  idempotencyKeys: {
    reach: {
      workspace: 'accountId',
      contact: [{ by: 'messageId', of: 'messages', key: 'id' }],
      member: null,
    },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: { days: 1, from: 'createdAt' },
    erase: 'shred and delete',
    columns: {
      accountId: business,
      digest: pseudonym,
      requestDigest: pseudonym,
      messageId: pseudonym,
      status: operational,
      answer: column('contact details', 'contact', 'account key', false),
      createdAt: operational,
    },
  },
  auditEntries: {
    reach: { workspace: 'accountId', contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legitimate interest',
    life: { days: 400, from: 'recordedAt' },
    erase: 'keep pseudonymous',
    columns: {
      id: operational,
      accountId: business,
      actor: pseudonym,
      action: operational,
      subject: pseudonym,
      reason: operational,
      at: operational,
      recordedAt: operational,
    },
  },
  auditSeals: {
    reach: { workspace: 'accountId', contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legitimate interest',
    life: { days: 800, from: 'sealedAt' },
    erase: 'keep pseudonymous',
    columns: {
      accountId: business,
      day: operational,
      entries: operational,
      previous: operational,
      head: operational,
      sealedAt: operational,
    },
  },
  deletions: {
    reach: { workspace: 'accountId', contact: 'subjectId', member: 'subjectId' },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 730, from: 'requestedAt' },
    erase: 'keep pseudonymous',
    columns: {
      id: operational,
      accountId: business,
      scope: operational,
      subjectId: pseudonym,
      door: operational,
      requestedBy: pseudonym,
      codeDigest: operational,
      state: operational,
      deregister: operational,
      requestedAt: operational,
      verifiedAt: operational,
      coolingUntil: operational,
      startedAt: operational,
      erasedAt: operational,
      goneBy: operational,
      completedAt: operational,
      cancelledAt: operational,
      cancelledBy: pseudonym,
    },
  },
  deletionOwners: {
    reach: { workspace: 'accountId', contact: null, member: 'memberId' },
    purpose: 'secure the service',
    basis: 'legal obligation',
    life: { days: 730, from: 'toldAt' },
    erase: 'delete',
    columns: {
      deletionId: operational,
      memberId: column('pseudonym', 'member', false, false),
      accountId: business,
      tokenDigest: column('credential', 'member', false, false),
      asked: operational,
      toldAt: operational,
      approvedAt: operational,
    },
  },
  deletionBlocks: {
    reach: { workspace: [{ by: 'deletionId', of: 'deletions', key: 'id' }], contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 730, from: 'placedAt' },
    erase: 'keep pseudonymous',
    columns: {
      id: operational,
      deletionId: operational,
      reason: operational,
      reviewer: operational,
      placedAt: operational,
      endsAt: operational,
      liftedAt: operational,
    },
  },
  deletionSteps: {
    reach: { workspace: [{ by: 'deletionId', of: 'deletions', key: 'id' }], contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 730, from: 'startedAt' },
    erase: 'keep pseudonymous',
    columns: {
      deletionId: operational,
      position: operational,
      step: operational,
      state: operational,
      attempts: operational,
      startedAt: operational,
      finishedAt: operational,
      counts: operational,
    },
  },
  receipts: {
    reach: { workspace: [{ by: 'deletionId', of: 'deletions', key: 'id' }], contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 730, from: 'at' },
    erase: 'keep pseudonymous',
    columns: {
      deletionId: operational,
      kind: operational,
      jws: pseudonym,
      leaf: operational,
      at: operational,
    },
  },
  erasureLedger: {
    reach: { workspace: null, contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: 'erasure',
    erase: 'keep pseudonymous',
    columns: { seq: operational, digest: pseudonym, at: operational },
  },
  assetTombstones: {
    reach: { workspace: null, contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 400, from: 'at' },
    erase: 'keep pseudonymous',
    columns: { digest: column('pseudonym', 'business', false, false), at: operational },
  },
  mails: {
    reach: { workspace: 'accountId', contact: null, member: 'memberId' },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: { days: 30, from: 'createdAt' },
    erase: 'shred and delete',
    columns: {
      id: operational,
      accountId: business,
      memberId: column('pseudonym', 'member', false, false),
      kind: operational,
      content: column('content', 'member', 'member key', true),
      attempts: operational,
      nextAt: operational,
      createdAt: operational,
      sentAt: operational,
    },
  },
  canaryRuns: {
    reach: { workspace: null, contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legitimate interest',
    life: { days: 400, from: 'startedAt' },
    erase: 'delete',
    columns: {
      day: operational,
      state: operational,
      reason: operational,
      deletionId: operational,
      startedAt: operational,
      finishedAt: operational,
    },
  },
}

/** How long a copy of the store can still be brought back after a deletion (Cloudflare's documentation). */
export type Store = { what: string; location: string; backupDays: number }

/** Every binding of wrangler.toml. */
export const bindings: Record<string, Store> = {
  DB: { what: 'D1: the tables above', location: 'chosen at creation; see docs/operate.md', backupDays: 30 },
  KEYS: {
    what: 'KV: key trees and journal keys, sealed by the root key',
    location: 'worldwide',
    backupDays: 0,
  },
  INTAKE: { what: 'Durable Objects: the intake journal', location: 'near the first request', backupDays: 30 },
  KEEPER: {
    what: 'Durable Objects: keys, identities and tombstones of one account',
    location: 'near the first request',
    backupDays: 30,
  },
  ERASER: {
    what: 'Durable Objects: the deletions of one account and their journal',
    location: 'near the first request',
    backupDays: 30,
  },
  TRANSPARENCY: {
    what: 'Durable Object: the transparency log, hashes only',
    location: 'near the first request',
    backupDays: 30,
  },
  FILES: {
    what: 'R2: media, the erasure ledger, a copy of the transparency log',
    location: 'chosen at creation; see docs/operate.md',
    backupDays: 0,
  },
  MAIL: { what: 'E-mail to members', location: 'worldwide', backupDays: 0 },
  ASSETS: { what: 'Files of the public site; no personal data', location: 'worldwide', backupDays: 0 },
}

export type Place = {
  place: string
  category: Category
  whose: Whose
  sealed: Column['sealed'] | 'day key' | 'root key' | 'deletion key'
  life: string
  erase: string
}

/** Storage of the Durable Objects, by class and table. */
export const durableObjects: Record<
  'Intake' | 'Keeper' | 'Eraser' | 'Transparency',
  Record<string, Place>
> = {
  Intake: {
    segments: {
      place: 'raw webhook bodies',
      category: 'content',
      whose: 'contact',
      sealed: 'day key',
      life: 'until handled, usually within a second',
      erase: 'delete; the day key is destroyed within 24 h after the day’s last body is handled',
    },
    marks: {
      place: 'the number of the last handled body',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'the shard’s',
      erase: 'delete',
    },
    days: {
      place: 'dates that have a day key',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'until its key is destroyed',
      erase: 'delete',
    },
  },
  Keeper: {
    trees: {
      place: 'which key trees there are, and in which epoch each is',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'the account’s',
      erase: 'delete',
    },
    keys: {
      place: 'whose key is which leaf of a tree; the keys themselves stand nowhere',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: 'until the contact or member is erased',
      erase: 'delete',
    },
    punctures: {
      place: 'which leaves were destroyed, whose they were, and since when nothing can derive them',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: '400 days',
      erase: 'keep pseudonymous',
    },
    marks: {
      place: 'when the account was closed, and since when erasures have to be done again',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'no end: a closed account never begins again',
      erase: 'keep',
    },
    identities: {
      place: 'keyed digests of phone numbers and user ids',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: 'until the contact is erased',
      erase: 'delete',
    },
    merges: {
      place: 'contacts that turned out to be one person',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: 'two minutes after their rows were moved',
      erase: 'delete',
    },
    tombstones: {
      place: 'keyed digests of erased people',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: '400 days',
      erase: 'keep pseudonymous',
    },
  },
  Eraser: {
    jobs: {
      place: 'deletions that run, by opaque ids',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: 'until the final receipt',
      erase: 'delete',
    },
    steps: {
      place: 'the journal of each deletion: steps, tries, counts',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'until the final receipt',
      erase: 'delete',
    },
    inventory: {
      place: 'what was there before, to be searched for afterwards',
      category: 'content',
      whose: 'contact',
      sealed: 'deletion key',
      life: 'until the first receipt; its key is in KV and is destroyed with it',
      erase: 'delete',
    },
    needles: {
      place: 'keyed digests of what was there, to search again at any time',
      category: 'pseudonym',
      whose: 'contact',
      sealed: false,
      life: '730 days',
      erase: 'keep pseudonymous',
    },
  },
  Transparency: {
    leaves: {
      place: 'hashes of receipts, policies and audit heads',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'no end',
      erase: 'keep',
    },
    nodes: {
      place: 'hashes over those hashes',
      category: 'operational',
      whose: 'nobody',
      sealed: false,
      life: 'no end',
      erase: 'keep',
    },
  },
}

/** Keys of the KV namespace, by prefix. */
export const kvPrefixes: Record<string, Place> = {
  'epoch/': {
    place: 'a key tree of an account, as it is since its last turn: destroyed keys are not in it',
    category: 'credential',
    whose: 'business',
    sealed: 'root key',
    life: 'until the next turn or until the account is erased',
    erase: 'delete',
  },
  'lease/': {
    place: 'how many keys of a tree may have been given out',
    category: 'operational',
    whose: 'business',
    sealed: false,
    life: 'until the account is erased',
    erase: 'delete',
  },
  'journal/': {
    place: 'journal key of a shard and day',
    category: 'credential',
    whose: 'nobody',
    sealed: 'root key',
    life: 'until 24 h after the day’s last body is handled',
    erase: 'delete',
  },
  'deletion/': {
    place: 'key of the inventory of one deletion',
    category: 'credential',
    whose: 'nobody',
    sealed: 'root key',
    life: 'until the first receipt',
    erase: 'delete',
  },
}

/** Objects of the R2 bucket, by prefix. `media/{account}/{contact}/…` is the only one with content in it. */
export const r2Prefixes: Record<string, Place> = {
  'media/': {
    place: 'media of messages',
    category: 'content',
    whose: 'contact',
    sealed: 'contact key',
    life: 'until the contact is erased',
    erase: 'delete',
  },
  'ledger/': {
    place: 'the erasure ledger: keyed digests and times',
    category: 'pseudonym',
    whose: 'contact',
    sealed: false,
    life: 'no end: what was erased stays erased, whatever is restored',
    erase: 'keep pseudonymous',
  },
  'log/': {
    place: 'a copy of the transparency log: hashes',
    category: 'operational',
    whose: 'nobody',
    sealed: false,
    life: 'no end',
    erase: 'keep',
  },
}

/** Where log lines go, and what they may hold: see worker/ground/log.ts. */
export const logs: Place = {
  place: 'structured logs of the Worker',
  category: 'operational',
  whose: 'nobody',
  sealed: false,
  life: '7 days',
  erase: 'expires',
}
