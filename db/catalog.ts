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

export type Whose = 'contact' | 'member' | 'visitor' | 'business' | 'nobody'

export type Column = {
  category: Category
  whose: Whose
  /** The key it is sealed under; false when it stands in clear. */
  sealed:
    | 'contact key'
    | 'account key'
    | 'contact or account key'
    | 'member key'
    | 'visitor key'
    /** Of whomever the row is about. */
    | 'person key'
    | false
  exported: boolean
}

export type Purpose = 'provide the service' | 'secure the service' | 'answer you' | 'keep evidence'
export type Basis = 'contract with the business' | 'your request' | 'legitimate interest' | 'legal obligation'

/** What starts the clock (a column of epoch ms) and how many days it runs. `erasure` ends only by a deletion. */
export type Life<C extends string = string> = { days: number; from: C; when?: string } | 'erasure'

/** Rows whose `by` is the `key` of a row of `of` that belongs to the scope, with `prefix` in front. */
export type Via<T extends TableName> = {
  [O in TableName]: { by: ColumnOf<T>; of: O; key: ColumnOf<O>; prefix?: string }
}[TableName]

/** A column that holds the id, ways through tables that stand above this one, or null where no row belongs to the scope. */
export type Reach<T extends TableName> = ColumnOf<T> | (ColumnOf<T> | Via<T>)[] | null

/** Of the policy: what people give us, what comes by WhatsApp, what the use leaves; null for what only machines see. */
export type Section = 2 | 3 | 4 | null

export type Table<T extends TableName> = {
  /** What a row is, for people. */
  title: string
  section: Section
  /** How rows are reached for each scope. */
  reach: { workspace: Reach<T>; contact: Reach<T>; member: Reach<T>; visitor?: Reach<T> }
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
const visitorPseudonym = column('pseudonym', 'visitor', false, false)
const visitorMetadata = column('metadata', 'visitor', false, true)

export const d1: { [T in TableName]: Table<T> } = {
  accounts: {
    title: 'Workspaces of businesses',
    section: 2,
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
    title: 'Members of workspaces',
    section: 2,
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
      emailDigest: column('pseudonym', 'member', false, false),
      createdAt: column('metadata', 'member', false, true),
    },
  },
  visitors: {
    title: 'People who ask us',
    section: 2,
    reach: { workspace: null, contact: null, member: null, visitor: 'id' },
    purpose: 'answer you',
    basis: 'your request',
    life: { days: 400, from: 'lastSeenAt', when: 'nothing is subscribed' },
    erase: 'shred and delete',
    columns: {
      id: visitorPseudonym,
      accountId: operational,
      email: column('contact details', 'visitor', 'visitor key', true),
      emailDigest: visitorPseudonym,
      createdAt: visitorMetadata,
      lastSeenAt: visitorMetadata,
    },
  },
  metaLinks: {
    title: 'Links to Facebook accounts',
    section: 3,
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
    title: 'Locks on people, numbers, workspaces',
    section: null,
    reach: { workspace: 'accountId', contact: 'subjectId', member: 'subjectId', visitor: 'subjectId' },
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
    title: 'API keys',
    section: 2,
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
    title: 'WhatsApp Business Accounts',
    section: 3,
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
    title: 'Phone numbers of businesses',
    section: 3,
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
    title: 'People a business talks with',
    section: 3,
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
    title: 'Conversations',
    section: 3,
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
    title: 'Messages',
    section: 3,
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
    title: 'Delivery and read events',
    section: 3,
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
    title: 'Edits, reactions and withdrawals',
    section: 3,
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
    title: 'Choices about marketing messages',
    section: 3,
    reach: { workspace: 'accountId', contact: 'contactId', member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: 'erasure',
    erase: 'delete',
    columns: { accountId: business, contactId: pseudonym, category: metadata, value: metadata, at: metadata },
  },
  rawEvents: {
    title: 'Raw notices from Meta',
    section: 3,
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
    title: 'Daily counts of what Meta sent',
    section: 4,
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
    title: 'How far the journal was read',
    section: null,
    reach: { workspace: null, contact: null, member: null },
    purpose: 'provide the service',
    basis: 'legitimate interest',
    life: 'erasure',
    erase: 'delete',
    columns: { shard: operational, segment: operational, item: operational },
  },
  idempotencyKeys: {
    title: 'Notes against sending twice',
    section: 3,
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
    title: 'The ledger: who did what',
    section: 4,
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
    title: 'Seals over the days of the ledger',
    section: null,
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
    title: 'Requests for deletion',
    section: 2,
    reach: { workspace: 'accountId', contact: 'subjectId', member: 'subjectId', visitor: 'subjectId' },
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
    title: 'Owners asked about a deletion',
    section: 2,
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
    title: 'Reasons that stop a deletion',
    section: null,
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
    title: 'Steps of a deletion',
    section: null,
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
    title: 'Receipts of deletions',
    section: 2,
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
    title: 'Digests of what was erased',
    section: null,
    reach: { workspace: null, contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: 'erasure',
    erase: 'keep pseudonymous',
    columns: { seq: operational, digest: pseudonym, at: operational },
  },
  assetTombstones: {
    title: 'Digests of erased numbers',
    section: null,
    reach: { workspace: null, contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 400, from: 'at' },
    erase: 'keep pseudonymous',
    columns: { digest: column('pseudonym', 'business', false, false), at: operational },
  },
  mails: {
    title: 'E-mails from us',
    section: 2,
    reach: { workspace: 'accountId', contact: null, member: 'memberId', visitor: 'visitorId' },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: { days: 30, from: 'createdAt' },
    erase: 'shred and delete',
    columns: {
      id: operational,
      accountId: business,
      memberId: column('pseudonym', 'member', false, false),
      visitorId: visitorPseudonym,
      challengeId: operational,
      kind: operational,
      content: column('content', 'member', 'person key', true),
      attempts: operational,
      nextAt: operational,
      createdAt: operational,
      sentAt: operational,
    },
  },
  letters: {
    title: 'Letters through the contact form',
    section: 2,
    reach: { workspace: null, contact: null, member: null, visitor: 'visitorId' },
    purpose: 'answer you',
    basis: 'your request',
    life: { days: 365, from: 'createdAt' },
    erase: 'shred and delete',
    columns: {
      id: operational,
      accountId: operational,
      visitorId: visitorPseudonym,
      topic: visitorMetadata,
      content: column('content', 'visitor', 'visitor key', true),
      createdAt: visitorMetadata,
    },
  },
  subscriptions: {
    title: 'Subscriptions to changes',
    section: 2,
    reach: { workspace: null, contact: null, member: null, visitor: 'visitorId' },
    purpose: 'answer you',
    basis: 'your request',
    life: 'erasure',
    erase: 'delete',
    columns: {
      visitorId: visitorPseudonym,
      accountId: operational,
      list: visitorMetadata,
      tokenDigest: column('credential', 'visitor', false, false),
      createdAt: visitorMetadata,
    },
  },
  challenges: {
    title: 'One-time codes',
    section: 2,
    reach: {
      workspace: [{ by: 'targetDigest', of: 'members', key: 'emailDigest' }],
      contact: null,
      member: [{ by: 'targetDigest', of: 'members', key: 'emailDigest' }],
      visitor: [{ by: 'targetDigest', of: 'visitors', key: 'emailDigest' }],
    },
    purpose: 'secure the service',
    basis: 'your request',
    life: { days: 1, from: 'createdAt' },
    erase: 'delete',
    columns: {
      id: operational,
      channel: operational,
      purpose: operational,
      targetDigest: visitorPseudonym,
      codeDigest: operational,
      content: column('contact details', 'visitor', 'account key', false),
      tries: operational,
      createdAt: operational,
      expiresAt: operational,
      usedAt: operational,
    },
  },
  wishes: {
    title: 'Wishes found in messages',
    section: 3,
    reach: { workspace: 'accountId', contact: 'contactId', member: null },
    purpose: 'answer you',
    basis: 'legal obligation',
    life: { days: 30, from: 'at' },
    erase: 'delete',
    columns: {
      messageId: pseudonym,
      accountId: business,
      numberId: business,
      contactId: pseudonym,
      kind: metadata,
      language: metadata,
      codeDigest: operational,
      at: metadata,
      attempts: operational,
      nextAt: operational,
    },
  },
  requests: {
    title: 'Requests about personal data',
    section: 2,
    reach: { workspace: 'accountId', contact: 'subjectId', member: 'subjectId', visitor: 'subjectId' },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 730, from: 'receivedAt' },
    erase: 'keep pseudonymous',
    columns: {
      id: operational,
      accountId: business,
      subjectKind: operational,
      subjectId: pseudonym,
      type: metadata,
      door: operational,
      language: metadata,
      codeDigest: operational,
      state: metadata,
      regimes: operational,
      receivedAt: metadata,
      dueAt: metadata,
      letThroughAt: operational,
      remindedAt: operational,
      decidedAt: metadata,
      decidedBy: pseudonym,
      refusal: metadata,
      deletionId: operational,
      closedAt: metadata,
      attempts: operational,
      nextAt: operational,
    },
  },
  requestMessages: {
    title: 'Messages about requests',
    section: 2,
    reach: { workspace: 'accountId', contact: 'subjectId', member: 'subjectId', visitor: 'subjectId' },
    purpose: 'answer you',
    basis: 'legal obligation',
    life: { days: 730, from: 'at' },
    erase: 'shred and delete',
    columns: {
      id: operational,
      requestId: operational,
      accountId: business,
      subjectId: pseudonym,
      by: metadata,
      content: column('content', 'contact', 'person key', true),
      at: metadata,
    },
  },
  packages: {
    title: 'Packages to download',
    section: 2,
    reach: { workspace: 'accountId', contact: 'subjectId', member: 'subjectId', visitor: 'subjectId' },
    purpose: 'answer you',
    basis: 'legal obligation',
    life: { days: 30, from: 'createdAt' },
    erase: 'delete',
    columns: {
      id: operational,
      requestId: operational,
      accountId: business,
      subjectId: pseudonym,
      state: operational,
      publicKey: operational,
      bytes: operational,
      attempts: operational,
      nextAt: operational,
      createdAt: metadata,
      expiresAt: metadata,
    },
  },
  requestRules: {
    title: 'How a business answers requests',
    section: 2,
    reach: { workspace: 'accountId', contact: null, member: null },
    purpose: 'provide the service',
    basis: 'contract with the business',
    life: 'erasure',
    erase: 'delete',
    columns: { accountId: business, letThrough: business, updatedAt: business },
  },
  documentVersions: {
    title: 'Versions of documents',
    section: null,
    reach: { workspace: null, contact: null, member: null },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: 'erasure',
    erase: 'keep pseudonymous',
    columns: {
      document: operational,
      version: operational,
      hash: operational,
      leaf: operational,
      material: operational,
      effectiveAt: operational,
      seenAt: operational,
      toldAt: operational,
      inForceAt: operational,
    },
  },
  notices: {
    title: 'Who was told of which version',
    section: 2,
    reach: { workspace: 'accountId', contact: null, member: 'recipientId', visitor: 'recipientId' },
    purpose: 'keep evidence',
    basis: 'legal obligation',
    life: { days: 1095, from: 'queuedAt' },
    erase: 'delete',
    columns: {
      document: operational,
      version: operational,
      accountId: business,
      recipientId: column('pseudonym', 'member', false, false),
      mailId: operational,
      queuedAt: column('metadata', 'member', false, true),
      sentAt: column('metadata', 'member', false, true),
      failedAt: operational,
    },
  },
  canaryRuns: {
    title: 'Nightly proofs of deleting',
    section: null,
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

/**
 * A binding, for people. `location` is where docs/operate.md creates it: whoever creates it elsewhere says so here.
 * `backupDays`: how long a copy can still be brought back after a deletion (Cloudflare’s documentation).
 */
export type Store = { title: string; what: string; location: string; backupDays: number }

const nearUse = 'worldwide: near whoever asked for it first'
const asHinted = 'Western Europe, asked for at creation; a wish that Cloudflare grants, not a guarantee'

/** Every binding of wrangler.toml. */
export const bindings: Record<string, Store> = {
  DB: { title: 'Database (D1)', what: 'the records of sections 2 to 4', location: asHinted, backupDays: 30 },
  KEYS: {
    title: 'Key store (KV)',
    what: 'keys, sealed by a root key that is kept apart',
    location: 'worldwide',
    backupDays: 0,
  },
  INTAKE: {
    title: 'Journal (Durable Objects)',
    what: 'what Meta sent and is not handled yet',
    location: nearUse,
    backupDays: 30,
  },
  KEEPER: {
    title: 'Keeper (Durable Objects), one for each workspace',
    what: 'who has which key, who was erased',
    location: nearUse,
    backupDays: 30,
  },
  ERASER: {
    title: 'Eraser (Durable Objects), one for each workspace',
    what: 'deletions that are under way',
    location: nearUse,
    backupDays: 30,
  },
  TRANSPARENCY: {
    title: 'Transparency log (Durable Object)',
    what: 'hashes that nobody can be known by',
    location: nearUse,
    backupDays: 30,
  },
  FILES: {
    title: 'Files (R2)',
    what: 'media, packages to download, the list of what was erased, a copy of the log',
    location: asHinted,
    backupDays: 0,
  },
  MAIL: {
    title: 'Sending of e-mail',
    what: 'to members, and to people who ask us',
    location: 'worldwide',
    backupDays: 0,
  },
  ERRANDS: {
    title: 'Queue',
    what: 'which requests have to be looked at',
    location: 'worldwide',
    backupDays: 0,
  },
  RATE: {
    title: 'Rate limits',
    what: 'how often a network address asked, in memory, for a minute',
    location: 'the data centre that answers',
    backupDays: 0,
  },
  ASSETS: {
    title: 'Site',
    what: 'files of these pages; no personal data',
    location: 'worldwide',
    backupDays: 0,
  },
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

/** Objects of the R2 bucket, by prefix. Content is only in `media/{account}/{contact}/…` and `export/{account}/{person}/…`. */
export const r2Prefixes: Record<string, Place> = {
  'media/': {
    place: 'media of messages',
    category: 'content',
    whose: 'contact',
    sealed: 'contact key',
    life: 'until the contact is erased',
    erase: 'delete',
  },
  'export/': {
    place: 'packages that people asked for',
    category: 'content',
    whose: 'contact',
    sealed: 'person key',
    life: '7 days',
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

/** Messages of the queues, by binding. A message that cannot be handled is dropped: the row it names says what is to be done. */
export const queues: Record<string, Place> = {
  ERRANDS: {
    place: 'opaque ids of workspaces whose requests are to be looked at',
    category: 'operational',
    whose: 'nobody',
    sealed: false,
    life: 'seconds, at the longest a day',
    erase: 'expires',
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

type AnyColumn = { [T in TableName]: ColumnOf<T> | `${T}.${ColumnOf<T>}` }[TableName]

/** What a column is called for people, where its own name says too little; `table.column` where it differs. */
const columnWords: Partial<Record<AnyColumn, string>> = {
  accountId: 'workspace',
  'accounts.name': 'name of the business',
  action: 'what was done',
  actor: 'id of who did it',
  answer: 'first answer',
  'apiKeys.digest': 'digest of the key',
  at: 'time',
  bsuid: 'WhatsApp user id',
  bsuidVersion: 'version of the WhatsApp user id',
  by: 'who wrote it',
  bytes: 'size',
  cancelledBy: 'id of who cancelled',
  challengeId: 'id of the code it carries',
  'challenges.content': 'address',
  codeDigest: 'digest of the code',
  contactId: 'id of the contact',
  'contactPreferences.value': 'stop or resume',
  content: 'what was written',
  conversationId: 'id of the conversation',
  counterKey: 'number it counts for',
  decidedBy: 'id of who decided',
  deletionId: 'id of the deletion',
  deregister: 'whether the number is given up',
  digest: 'keyed digest',
  door: 'way in',
  dueAt: 'due date',
  email: 'e-mail address',
  emailDigest: 'keyed digest of the address',
  errorCode: 'error code',
  expiresAt: 'end',
  goneBy: 'gone from backups by',
  hash: 'hash of the text',
  jws: 'signed receipt',
  leaf: 'hash in the log',
  'letters.content': 'name and what was written',
  letThrough: 'at once or after a decision',
  letThroughAt: 'let through',
  list: 'what about',
  mailId: 'id of the mail',
  'mails.content': 'address and what was written',
  memberId: 'id of the member',
  messageId: 'id of the message',
  'messages.origin': 'where we heard it',
  nameVersion: 'version of the name',
  nextAt: 'next try',
  numberId: 'number of the business',
  participant: 'digest of the participant',
  payload: 'the notice',
  phone: 'phone number',
  phoneNumberId: 'phone number id',
  phoneVersion: 'version of the phone number',
  precedence: 'which source counts',
  publicKey: 'public key made in the browser',
  recipientId: 'id of the recipient',
  ref: 'keyed digest of the message id',
  regimes: 'laws it was timed by',
  requestDigest: 'keyed digest of the request',
  requestedBy: 'id of who asked',
  requestId: 'id of the request',
  seq: 'number in the list',
  sortKey: 'place in the order',
  statusAt: 'time of the status',
  subject: 'id of whom it was about',
  subjectId: 'id of whom it is about',
  subjectKind: 'kind of person',
  targetDigest: 'keyed digest of the address or number',
  targetRef: 'keyed digest of the message it is about',
  token: 'access token from Meta',
  tokenDigest: 'digest of the secret in the mail',
  userLastAt: 'last heard from the person',
  username: 'WhatsApp user name',
  usernameVersion: 'version of the user name',
  visitorId: 'id of the person',
  wabaId: 'WhatsApp Business Account id',
  wamid: 'WhatsApp message id',
}

/** `lastSeenAt` becomes "last seen", unless a word is given: a column that was added shows in the policy by itself. */
export function columnLabel(table: TableName, column: string): string {
  const words = columnWords as Record<string, string | undefined>
  const own = column.replace(/(?<=.)At$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words[`${table}.${column}`] ?? words[column] ?? own
}
