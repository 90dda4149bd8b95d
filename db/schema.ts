// Every table, on one page. Migrations are generated from here (`npm run db:generate`); what each column holds about
// people, for how long and how it is erased stands in catalog.ts, which does not compile while a column is missing.
//
// Sealed columns end in nothing special: the catalogue names them. Instants are epoch milliseconds and end in At.
// Ids derived from a keyed digest (ref columns) stand for WhatsApp message ids, which contain phone numbers.

import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const accounts = sqliteTable('accounts', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: integer('created_at').notNull(),
})

/** The people of a workspace. What is theirs is sealed under a key of their own, so that it can be erased alone. */
export const members = sqliteTable(
  'members',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    role: text('role', { enum: ['owner', 'admin', 'agent', 'developer', 'privacy_officer'] }).notNull(),
    email: text('email').notNull(),
    /** Keyed digest of the address in lower case; null in rows from before there was one. */
    emailDigest: text('email_digest'),
    /** What colleagues call this person; null until they said. */
    name: text('name'),
    /** Who signs in as this member; null until somebody with this address did. */
    userId: text('user_id'),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    index('members_account').on(t.accountId, t.createdAt, t.id),
    index('members_email').on(t.emailDigest),
    index('members_created').on(t.createdAt),
    index('members_user').on(t.userId, t.accountId),
  ],
)

/**
 * Somebody who signs in: one for each address, a member of any number of workspaces. The library that keeps sessions sees
 * a keyed digest in the address's place; the address itself is sealed in `members`, and here only until the first workspace.
 * Goes with the last membership.
 */
export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull().default(''),
    /** `{keyed digest}@members.invalid`, in lower case: hexadecimal. */
    email: text('email').notNull(),
    emailVerified: integer('email_verified', { mode: 'boolean' }).notNull().default(false),
    image: text('image'),
    /** The address, while no workspace has it: of somebody who has just signed up. */
    address: text('address'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [uniqueIndex('users_email').on(t.email), index('users_created').on(t.createdAt)],
)

/** A browser that is signed in. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    /** In the cookie together with a signature by a secret: alone it opens nothing. */
    token: text('token').notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
    /** The network, not the address: see ground/network.ts. */
    ipAddress: text('ip_address'),
    /** Browser and system in words, not what the browser said. */
    userAgent: text('user_agent'),
    /** City and country, as Cloudflare guesses from the address. */
    place: text('place'),
    /** When a code or passkey was last given (epoch ms): dangerous acts ask for a fresh one. */
    provenAt: integer('proven_at').notNull().default(0),
  },
  (t) => [
    uniqueIndex('sessions_token').on(t.token),
    index('sessions_user').on(t.userId),
    index('sessions_expires').on(t.expiresAt),
  ],
)

export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    name: text('name'),
    publicKey: text('public_key').notNull(),
    credentialID: text('credential_id').notNull(),
    counter: integer('counter').notNull(),
    deviceType: text('device_type').notNull(),
    backedUp: integer('backed_up', { mode: 'boolean' }).notNull(),
    transports: text('transports'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }),
    aaguid: text('aaguid'),
  },
  (t) => [index('passkeys_user').on(t.userId), uniqueIndex('passkeys_credential').on(t.credentialID)],
)

/** Sign-in codes, hashed, and challenges of passkeys, as the library keeps them. */
export const verifications = sqliteTable(
  'verifications',
  {
    id: text('id').primaryKey(),
    /** `sign-in-otp-` and the digest of the address, or an opaque id. */
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('verifications_identifier').on(t.identifier), index('verifications_expires').on(t.expiresAt)],
)

/** Somebody was asked to join; becomes a member when they prove the address. */
export const invitations = sqliteTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    role: text('role', { enum: ['owner', 'admin', 'agent', 'developer', 'privacy_officer'] }).notNull(),
    email: text('email').notNull(),
    emailDigest: text('email_digest').notNull(),
    /** SHA-256 of the secret in the mail. */
    tokenDigest: text('token_digest').notNull(),
    /** As in the ledger. */
    invitedBy: text('invited_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    acceptedAt: integer('accepted_at'),
    revokedAt: integer('revoked_at'),
  },
  (t) => [
    uniqueIndex('invitations_token').on(t.tokenDigest),
    index('invitations_account').on(t.accountId, t.createdAt, t.id),
    index('invitations_email').on(t.emailDigest),
    index('invitations_created').on(t.createdAt),
  ],
)

/** People who wrote to us through a form, or asked to be told of changes; they have no account. */
export const visitors = sqliteTable(
  'visitors',
  {
    id: text('id').primaryKey(),
    /** Always `platform`: their keys are in its Keeper. */
    accountId: text('account_id').notNull(),
    email: text('email').notNull(),
    emailDigest: text('email_digest').notNull(),
    createdAt: integer('created_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
  },
  (t) => [uniqueIndex('visitors_email').on(t.emailDigest), index('visitors_seen').on(t.lastSeenAt)],
)

/** Which member a Facebook user id (app-scoped) belongs to; the id itself is only here as a keyed digest. */
export const metaLinks = sqliteTable(
  'meta_links',
  {
    digest: text('digest').primaryKey(),
    accountId: text('account_id').notNull(),
    memberId: text('member_id').notNull(),
    at: integer('at').notNull(),
    /** Set when the person took the app's access back (deauthorize). */
    revokedAt: integer('revoked_at'),
  },
  (t) => [index('meta_links_member').on(t.accountId, t.memberId)],
)

/**
 * A hold stops sending while it stands: a suspended account, a banned or disconnected WhatsApp account. On a contact,
 * `restricted` also hides it: nothing about this person is shown while it stands. `objected`: the business may answer this
 * person, but not begin a conversation.
 */
export const holds = sqliteTable(
  'holds',
  {
    accountId: text('account_id').notNull(),
    /** The account itself, one WABA of it, or one contact. */
    subjectId: text('subject_id').notNull(),
    kind: text('kind', {
      enum: ['suspended', 'frozen', 'banned', 'disconnected', 'reconnect', 'restricted', 'objected'],
    }).notNull(),
    reason: text('reason').notNull(),
    at: integer('at').notNull(),
    /** Set when the hold was lifted; the newest of (at, liftedAt) decides, whatever order the events came in. */
    liftedAt: integer('lifted_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.subjectId, t.kind] })],
)

export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** The member it acts for: what only an owner may do, only an owner's key may. */
    memberId: text('member_id'),
    name: text('name').notNull(),
    digest: text('digest').notNull(),
    scopes: text('scopes', { mode: 'json' }).$type<string[]>().notNull(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at'),
    revokedAt: integer('revoked_at'),
  },
  (t) => [
    uniqueIndex('api_keys_digest').on(t.digest),
    index('api_keys_account').on(t.accountId, t.createdAt, t.id),
  ],
)

export const wabas = sqliteTable(
  'wabas',
  {
    wabaId: text('waba_id').primaryKey(),
    accountId: text('account_id').notNull(),
    token: text('token').notNull(),
    connectedAt: integer('connected_at').notNull(),
    way: text('way', { enum: ['manual', 'signup', 'coexistence'] })
      .notNull()
      .default('manual'),
    /** When Meta lets the token end; null: never, or not known. */
    tokenExpiresAt: integer('token_expires_at'),
    /** The customer's portfolio at Meta. */
    businessId: text('business_id'),
    /** When its templates were last asked for. */
    templatesAt: integer('templates_at').notNull().default(0),
  },
  (t) => [index('wabas_account').on(t.accountId), index('wabas_templates').on(t.templatesAt)],
)

/** An attempt to connect through Meta's popup: the state that the browser holds, bound to the member, used once. */
export const signupAttempts = sqliteTable(
  'signup_attempts',
  {
    /** SHA-256 of the state. */
    digest: text('digest').primaryKey(),
    accountId: text('account_id').notNull(),
    memberId: text('member_id').notNull(),
    /** The browser it began in. */
    sessionId: text('session_id').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    usedAt: integer('used_at'),
    /** What Meta gave for the code, from that moment until the accounts it opens are on record. */
    token: text('token'),
    /** The account the browser named; believed only when the token reaches it. */
    wabaId: text('waba_id'),
  },
  (t) => [
    index('signup_attempts_account').on(t.accountId),
    index('signup_attempts_created').on(t.createdAt),
    index('signup_attempts_unfinished').on(t.usedAt).where(sql`token IS NOT NULL`),
  ],
)

/** What the doctor found at its last visit; one row for each thing it looks at. */
export const checkups = sqliteTable(
  'checkups',
  {
    accountId: text('account_id').notNull(),
    /** A number or a WABA. */
    assetId: text('asset_id').notNull(),
    check: text('check_name').notNull(),
    state: text('state', { enum: ['ok', 'warning', 'broken', 'unknown'] }).notNull(),
    /** Facts behind the finding, of Meta's answers; nothing about people. */
    facts: text('facts', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    at: integer('at').notNull(),
    /** Since when it is in this state. */
    sinceAt: integer('since_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.assetId, t.check] }), index('checkups_at').on(t.at)],
)

export const numbers = sqliteTable(
  'numbers',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    wabaId: text('waba_id').notNull(),
    phoneNumberId: text('phone_number_id').notNull(),
    displayPhoneNumber: text('display_phone_number').notNull(),
    verifiedName: text('verified_name').notNull(),
    connectedAt: integer('connected_at').notNull(),
    /** Two-step verification PIN that we set when registering it. */
    pin: text('pin'),
    registeredAt: integer('registered_at'),
    /** Shared with the WhatsApp Business app: when Meta was asked for its contacts and its history, each once. */
    stateSyncAt: integer('state_sync_at'),
    historySyncAt: integer('history_sync_at'),
    /** Disconnected by the business: the row stays for what was said, and another workspace may have the number. */
    disconnectedAt: integer('disconnected_at'),
  },
  (t) => [
    uniqueIndex('numbers_connected').on(t.phoneNumberId).where(sql`disconnected_at IS NULL`),
    index('numbers_account').on(t.accountId, t.id),
    // Who else has had a number.
    index('numbers_phone').on(t.phoneNumberId),
  ],
)

/** Each field with the version it was last heard in: `{at}:{keyed digest}`, so that the newest wins in any order. */
export const contacts = sqliteTable(
  'contacts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name'),
    nameVersion: text('name_version').notNull().default(''),
    username: text('username'),
    usernameVersion: text('username_version').notNull().default(''),
    phone: text('phone'),
    phoneVersion: text('phone_version').notNull().default(''),
    bsuid: text('bsuid'),
    bsuidVersion: text('bsuid_version').notNull().default(''),
    createdAt: integer('created_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
  },
  (t) => [index('contacts_account').on(t.accountId, t.lastSeenAt, t.id)],
)

export const conversations = sqliteTable(
  'conversations',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    numberId: text('number_id').notNull(),
    contactId: text('contact_id').notNull(),
    createdAt: integer('created_at').notNull(),
    lastMessageAt: integer('last_message_at').notNull(),
    /** The newest message or call of the user: opens the customer service window. */
    userLastAt: integer('user_last_at'),
  },
  (t) => [
    index('conversations_account').on(t.accountId, t.lastMessageAt, t.id),
    index('conversations_contact').on(t.accountId, t.contactId),
  ],
)

export const messages = sqliteTable(
  'messages',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    numberId: text('number_id').notNull(),
    conversationId: text('conversation_id').notNull(),
    contactId: text('contact_id').notNull(),
    /** Keyed digest of number and wamid; null until Meta has named the message. The id is `msg_{ref}` unless we sent it. */
    ref: text('ref'),
    /** Of messages we sent; one heard from Meta has it in its content. */
    wamid: text('wamid'),
    direction: text('direction', { enum: ['in', 'out'] }).notNull(),
    /** Where we heard of it; the higher precedence's content wins when one message comes twice. */
    origin: text('origin', { enum: ['placeholder', 'history', 'echo', 'live', 'api'] }).notNull(),
    precedence: integer('precedence').notNull(),
    type: text('type').notNull(),
    content: text('content'),
    at: integer('at').notNull(),
    /** The order of the conversation: see sortKey in conversations/content.ts. */
    sortKey: text('sort_key').notNull(),
    receivedAt: integer('received_at').notNull(),
    /** Derived from message_statuses; only a send that Meta refused in its answer is written as failed directly. */
    status: text('status', {
      enum: ['received', 'waiting', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read', 'played'],
    }).notNull(),
    statusAt: integer('status_at').notNull(),
    errorCode: integer('error_code'),
    /** Derived from message_changes. */
    editedAt: integer('edited_at'),
    revokedAt: integer('revoked_at'),
    /** Of messages we sent: who did, as in the ledger. */
    sentBy: text('sent_by'),
    /** Of messages we sent: on what ground the gates let it pass, and until when the window they saw was open. */
    basis: text('basis', { enum: ['answer', 'template', 'marketing', 'request'] }),
    windowUntil: integer('window_until'),
  },
  (t) => [
    // A message heard from Meta is found by its id, which is made from its ref; only what we sent needs this.
    uniqueIndex('messages_sent').on(t.accountId, t.ref).where(sql`origin = 'api'`),
    index('messages_conversation').on(t.accountId, t.conversationId, t.sortKey, t.id),
    // Partial: an index that every inbound message had to enter would cost more than it ever saves.
    index('messages_unsettled').on(t.at).where(sql`status IN ('unknown', 'accepted')`),
  ],
)

/** One row for each status heard, whether its message is here yet or not. */
export const messageStatuses = sqliteTable(
  'message_statuses',
  {
    accountId: text('account_id').notNull(),
    ref: text('ref').notNull(),
    status: text('status', { enum: ['accepted', 'sent', 'failed', 'delivered', 'read', 'played'] }).notNull(),
    /** Keyed digest of a group participant; empty in one-to-one conversations. */
    participant: text('participant').notNull().default(''),
    /** Whom the message went to, as far as the status told: a status that waits for its message is found by it. */
    contactId: text('contact_id'),
    at: integer('at').notNull(),
    errorCode: integer('error_code'),
    receivedAt: integer('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ref, t.status, t.participant] }),
    index('message_statuses_contact').on(t.accountId, t.contactId),
    index('message_statuses_received').on(t.receivedAt),
  ],
)

/** Edits, revokes and reactions, kept beside the message they change, whether it is here yet or not. */
export const messageChanges = sqliteTable(
  'message_changes',
  {
    accountId: text('account_id').notNull(),
    ref: text('ref').notNull(),
    targetRef: text('target_ref').notNull(),
    kind: text('kind', { enum: ['edit', 'revoke', 'reaction'] }).notNull(),
    direction: text('direction', { enum: ['in', 'out'] }).notNull(),
    contactId: text('contact_id').notNull(),
    /** The new content or the emoji; of a revoke the wamid of what was revoked; null for a removed reaction. */
    content: text('content'),
    at: integer('at').notNull(),
    sortKey: text('sort_key').notNull(),
    receivedAt: integer('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ref] }),
    index('message_changes_target').on(t.accountId, t.targetRef, t.kind, t.at),
    index('message_changes_contact').on(t.accountId, t.contactId),
    index('message_changes_received').on(t.receivedAt),
  ],
)

/** What a person told WhatsApp about messages of a category (stop, resume); the newest stands. */
export const contactPreferences = sqliteTable(
  'contact_preferences',
  {
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    category: text('category').notNull(),
    value: text('value', { enum: ['stop', 'resume'] }).notNull(),
    at: integer('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.contactId, t.category] })],
)

/** What was acknowledged and is not (yet) anything else: unknown, malformed, waiting for another try, dead. */
export const rawEvents = sqliteTable(
  'raw_events',
  {
    id: text('id').notNull(),
    part: integer('part').notNull(),
    accountId: text('account_id'),
    contactId: text('contact_id'),
    /** The phone number id, `waba:{id}` or `none`: where its counter stands. */
    counterKey: text('counter_key').notNull(),
    outcome: text('outcome', {
      enum: ['handled', 'ignored', 'unknown', 'malformed', 'retry', 'dead'],
    }).notNull(),
    field: text('field').notNull(),
    reason: text('reason').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: integer('next_at'),
    receivedAt: integer('received_at').notNull(),
    payload: text('payload').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.part] }),
    index('raw_events_number').on(t.accountId, t.counterKey, t.outcome, t.receivedAt, t.id),
    index('raw_events_contact').on(t.accountId, t.contactId),
    index('raw_events_due').on(t.outcome, t.nextAt),
    index('raw_events_received').on(t.receivedAt),
  ],
)

/** One row per number and day; received always equals the sum of the outcomes. */
export const intakeCounts = sqliteTable(
  'intake_counts',
  {
    counterKey: text('counter_key').notNull(),
    /** UTC, YYYY-MM-DD. */
    day: text('day').notNull(),
    received: integer('received').notNull().default(0),
    handled: integer('handled').notNull().default(0),
    duplicate: integer('duplicate').notNull().default(0),
    ignored: integer('ignored').notNull().default(0),
    erased: integer('erased').notNull().default(0),
    unknown: integer('unknown').notNull().default(0),
    malformed: integer('malformed').notNull().default(0),
    retry: integer('retry').notNull().default(0),
    dead: integer('dead').notNull().default(0),
    lastEventAt: integer('last_event_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.counterKey, t.day] })],
)

/** How far a shard of the journal is handled. Written in the batch that handles, so that a crash repeats nothing. */
export const intakeCursors = sqliteTable('intake_cursors', {
  shard: text('shard').primaryKey(),
  segment: integer('segment').notNull(),
  item: integer('item').notNull(),
})

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    accountId: text('account_id').notNull(),
    /** Keyed digest of what the client sent. */
    digest: text('digest').notNull(),
    requestDigest: text('request_digest').notNull(),
    messageId: text('message_id').notNull(),
    /** Null while the first call is in flight. */
    status: integer('status'),
    answer: text('answer'),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.digest] }),
    index('idempotency_keys_created').on(t.createdAt),
  ],
)

export const auditEntries = sqliteTable(
  'audit_entries',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** `key:{id}`, `operator`, `meta` or `system`: never a name or an address. */
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    reason: text('reason'),
    at: integer('at').notNull(),
    /** When it was written, by our clock; `at` may be Meta's. What is sealed into the chain goes by this. */
    recordedAt: integer('recorded_at').notNull().default(sql`(CAST(unixepoch('subsec') * 1000 AS INTEGER))`),
  },
  (t) => [
    index('audit_entries_account').on(t.accountId, t.at, t.id),
    index('audit_entries_recorded').on(t.accountId, t.recordedAt, t.id),
    index('audit_entries_action').on(t.accountId, t.action, t.recordedAt, t.id),
    index('audit_entries_actor').on(t.accountId, t.actor, t.recordedAt, t.id),
    index('audit_entries_age').on(t.recordedAt),
    index('audit_entries_subject').on(t.accountId, t.subject, t.at),
  ],
)

/** One day of an account's ledger, sealed: `head` covers the day's entries and the head before. */
export const auditSeals = sqliteTable(
  'audit_seals',
  {
    accountId: text('account_id').notNull(),
    /** UTC, YYYY-MM-DD. */
    day: text('day').notNull(),
    entries: integer('entries').notNull(),
    previous: text('previous').notNull(),
    head: text('head').notNull(),
    sealedAt: integer('sealed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.day] }), index('audit_seals_age').on(t.sealedAt)],
)

/** A request to be forgotten. Whom it is about stands here as an opaque id only. */
export const deletions = sqliteTable(
  'deletions',
  {
    id: text('id').primaryKey(),
    /** `platform` when the person belongs to no account that we know. */
    accountId: text('account_id').notNull(),
    scope: text('scope', { enum: ['contact', 'member', 'visitor', 'workspace', 'meta_user'] }).notNull(),
    /** A contact, a member, a visitor, the account, or the keyed digest of a Facebook user id. */
    subjectId: text('subject_id').notNull(),
    door: text('door', { enum: ['api', 'form', 'chat', 'meta', 'import', 'lifecycle', 'canary'] }).notNull(),
    requestedBy: text('requested_by').notNull(),
    codeDigest: text('code_digest').notNull(),
    state: text('state', {
      enum: ['waiting_approval', 'cooling_off', 'running', 'blocked', 'erased', 'completed', 'cancelled'],
    }).notNull(),
    /** Also give up the numbers at Meta (workspace scope). */
    deregister: integer('deregister', { mode: 'boolean' }).notNull().default(false),
    requestedAt: integer('requested_at').notNull(),
    /** Restriction begins here. */
    verifiedAt: integer('verified_at'),
    coolingUntil: integer('cooling_until'),
    /** From here on nothing can be cancelled. */
    startedAt: integer('started_at'),
    erasedAt: integer('erased_at'),
    goneBy: integer('gone_by'),
    completedAt: integer('completed_at'),
    cancelledAt: integer('cancelled_at'),
    cancelledBy: text('cancelled_by'),
  },
  (t) => [
    uniqueIndex('deletions_code').on(t.codeDigest),
    uniqueIndex('deletions_open')
      .on(t.accountId, t.scope, t.subjectId)
      .where(sql`state NOT IN ('erased', 'completed', 'cancelled')`),
    index('deletions_subject').on(t.accountId, t.subjectId, t.requestedAt),
    index('deletions_account').on(t.accountId, t.requestedAt, t.id),
    index('deletions_requested').on(t.requestedAt),
    // What the cron wakes, should its Eraser have been told nothing.
    index('deletions_standing')
      .on(t.requestedAt)
      .where(sql`state IN ('waiting_approval', 'cooling_off', 'running', 'blocked')`),
  ],
)

/** Each owner who was told of a workspace's deletion; one besides the one who asked must approve where there is one. */
export const deletionOwners = sqliteTable(
  'deletion_owners',
  {
    deletionId: text('deletion_id').notNull(),
    memberId: text('member_id').notNull(),
    accountId: text('account_id').notNull(),
    /** SHA-256 of the secret in the mail, which approves or cancels. */
    tokenDigest: text('token_digest').notNull(),
    /** True for the owner who asked. */
    asked: integer('asked', { mode: 'boolean' }).notNull(),
    toldAt: integer('told_at').notNull(),
    approvedAt: integer('approved_at'),
  },
  (t) => [
    primaryKey({ columns: [t.deletionId, t.memberId] }),
    uniqueIndex('deletion_owners_token').on(t.tokenDigest),
    index('deletion_owners_account').on(t.accountId, t.memberId),
    index('deletion_owners_age').on(t.toldAt),
  ],
)

/** What stops a deletion for a while: why, who looks at it, until when. */
export const deletionBlocks = sqliteTable(
  'deletion_blocks',
  {
    id: text('id').primaryKey(),
    /** A deletion; or a contact, a member or an account, every deletion of which it stops. */
    deletionId: text('deletion_id').notNull(),
    reason: text('reason', { enum: ['legal_hold', 'dispute', 'suspected_takeover'] }).notNull(),
    /** The role or opaque id of who reviews it; never a name. */
    reviewer: text('reviewer').notNull(),
    placedAt: integer('placed_at').notNull(),
    endsAt: integer('ends_at').notNull(),
    liftedAt: integer('lifted_at'),
  },
  (t) => [
    index('deletion_blocks_deletion').on(t.deletionId, t.placedAt),
    index('deletion_blocks_age').on(t.placedAt),
  ],
)

/** How far each step of a deletion is, for whoever watches; the Eraser keeps the journal it works by. */
export const deletionSteps = sqliteTable(
  'deletion_steps',
  {
    deletionId: text('deletion_id').notNull(),
    position: integer('position').notNull(),
    step: text('step').notNull(),
    state: text('state', {
      enum: ['pending', 'running', 'retrying', 'done', 'skipped', 'gave_up'],
    }).notNull(),
    attempts: integer('attempts').notNull(),
    startedAt: integer('started_at'),
    finishedAt: integer('finished_at'),
    /** `{ place: count }` of what the step did. */
    counts: text('counts', { mode: 'json' }).$type<Record<string, number>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.deletionId, t.position] }), index('deletion_steps_age').on(t.startedAt)],
)

/** The proof: `live` when live data is gone, `final` when every backup window has passed or been shredded. */
export const receipts = sqliteTable(
  'receipts',
  {
    deletionId: text('deletion_id').notNull(),
    kind: text('kind', { enum: ['live', 'final'] }).notNull(),
    jws: text('jws').notNull(),
    /** Its leaf in the transparency log: hex SHA-256. */
    leaf: text('leaf').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.deletionId, t.kind] }), index('receipts_age').on(t.at)],
)

/** The erasure ledger as this database knows it; its twin outside of it tells whether the database was set back. */
export const erasureLedger = sqliteTable('erasure_ledger', {
  seq: integer('seq').primaryKey(),
  digest: text('digest').notNull(),
  at: integer('at').notNull(),
})

/** Numbers and WABAs of erased workspaces, as keyed digests: their events are acknowledged and dropped. */
export const assetTombstones = sqliteTable(
  'asset_tombstones',
  { digest: text('digest').primaryKey(), at: integer('at').notNull() },
  (t) => [index('asset_tombstones_at').on(t.at)],
)

/** Mail that waits to leave or has left; the text is sealed under the member's key. */
export const mails = sqliteTable(
  'mails',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** Whom it goes to: a member, a visitor, whoever asked for a code, or, when all are null, the operator. */
    memberId: text('member_id'),
    visitorId: text('visitor_id'),
    challengeId: text('challenge_id'),
    kind: text('kind').notNull(),
    content: text('content').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: integer('next_at'),
    createdAt: integer('created_at').notNull(),
    sentAt: integer('sent_at'),
  },
  (t) => [
    index('mails_due').on(t.nextAt).where(sql`next_at IS NOT NULL`),
    index('mails_member').on(t.accountId, t.memberId),
    index('mails_visitor').on(t.visitorId),
    index('mails_created').on(t.createdAt),
  ],
)

/** The nightly proof: a synthetic contact is created, converses, is exported, erased, searched for. */
export const canaryRuns = sqliteTable('canary_runs', {
  /** UTC, YYYY-MM-DD. */
  day: text('day').primaryKey(),
  state: text('state', { enum: ['conversing', 'erasing', 'passed', 'failed'] }).notNull(),
  reason: text('reason'),
  deletionId: text('deletion_id'),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
})

/** What somebody wrote through the contact form. */
export const letters = sqliteTable(
  'letters',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    visitorId: text('visitor_id').notNull(),
    topic: text('topic', { enum: ['question', 'privacy', 'security', 'business', 'other'] }).notNull(),
    content: text('content').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('letters_visitor').on(t.visitorId), index('letters_created').on(t.createdAt)],
)

/** Who is told when something changes. A row is made only after the address was proven. */
export const subscriptions = sqliteTable(
  'subscriptions',
  {
    visitorId: text('visitor_id').notNull(),
    accountId: text('account_id').notNull(),
    list: text('list', { enum: ['subprocessors'] }).notNull(),
    /** Of the secret in every mail, by which it is ended. */
    tokenDigest: text('token_digest').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.visitorId, t.list] }),
    uniqueIndex('subscriptions_token').on(t.tokenDigest),
  ],
)

/** A one-time code that proves an address or a WhatsApp account. */
export const challenges = sqliteTable(
  'challenges',
  {
    id: text('id').primaryKey(),
    channel: text('channel', { enum: ['mail', 'chat'] }).notNull(),
    /** What is asked for once it is proven. */
    purpose: text('purpose', {
      enum: ['access', 'export', 'delete', 'correct', 'object', 'restrict', 'subscribe', 'sign_in'],
    }).notNull(),
    /** Keyed digest of the e-mail address, or of the business's number: what is counted. */
    targetDigest: text('target_digest').notNull(),
    /** Of a chat code it is unique; of a mail code it is asked for together with the id. */
    codeDigest: text('code_digest').notNull(),
    /** The address, and what else the form said. */
    content: text('content').notNull(),
    tries: integer('tries').notNull().default(0),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    usedAt: integer('used_at'),
  },
  (t) => [
    index('challenges_target').on(t.targetDigest, t.createdAt),
    index('challenges_code').on(t.codeDigest),
    index('challenges_created').on(t.createdAt),
  ],
)

/** What a message asked for, whole, in the words of consent/keywords.ts: noted with the message, acted on afterwards. */
export const wishes = sqliteTable(
  'wishes',
  {
    /** The message's. */
    messageId: text('message_id').primaryKey(),
    accountId: text('account_id').notNull(),
    numberId: text('number_id').notNull(),
    contactId: text('contact_id').notNull(),
    kind: text('kind', { enum: ['access', 'export', 'delete', 'stop', 'start', 'code'] }).notNull(),
    /** BCP 47, of the words that were used; the answer is in it. */
    language: text('language').notNull(),
    /** Of a one-time code from the site. */
    codeDigest: text('code_digest'),
    at: integer('at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Null when it is done. */
    nextAt: integer('next_at'),
  },
  (t) => [
    index('wishes_due').on(t.nextAt).where(sql`next_at IS NOT NULL`),
    index('wishes_contact').on(t.accountId, t.contactId),
    index('wishes_at').on(t.at),
  ],
)

/** A request of a person about their own data, whoever has to answer it. What was written is in requestMessages. */
export const requests = sqliteTable(
  'requests',
  {
    id: text('id').primaryKey(),
    /** Who answers: the business, or `platform`. Of a member of a workspace, the workspace's id. */
    accountId: text('account_id').notNull(),
    subjectKind: text('subject_kind', { enum: ['contact', 'member', 'visitor'] }).notNull(),
    subjectId: text('subject_id').notNull(),
    type: text('type', { enum: ['access', 'export', 'delete', 'correct', 'object', 'restrict'] }).notNull(),
    door: text('door', { enum: ['chat', 'mail', 'api'] }).notNull(),
    /** BCP 47. */
    language: text('language').notNull(),
    codeDigest: text('code_digest').notNull(),
    state: text('state', { enum: ['waiting', 'granted', 'done', 'refused', 'withdrawn'] }).notNull(),
    /** The rows of rights/clocks.ts that the due date was computed from, as `gdpr@1 dpdp@1`. */
    regimes: text('regimes').notNull(),
    receivedAt: integer('received_at').notNull(),
    dueAt: integer('due_at').notNull(),
    /** When silence lets it through; null when nobody else has to decide. */
    letThroughAt: integer('let_through_at'),
    remindedAt: integer('reminded_at'),
    decidedAt: integer('decided_at'),
    /** As in the ledger; `silence` when nobody decided. */
    decidedBy: text('decided_by'),
    /** From the closed list of rights/refusals.ts. */
    refusal: text('refusal'),
    deletionId: text('deletion_id'),
    closedAt: integer('closed_at'),
    attempts: integer('attempts').notNull().default(0),
    /** When the cron looks at it next; null when nothing is to be done by itself. */
    nextAt: integer('next_at'),
  },
  (t) => [
    uniqueIndex('requests_code').on(t.codeDigest),
    uniqueIndex('requests_open')
      .on(t.accountId, t.subjectId, t.type)
      .where(sql`state IN ('waiting', 'granted')`),
    index('requests_account').on(t.accountId, t.receivedAt, t.id),
    index('requests_subject').on(t.subjectId),
    index('requests_due').on(t.nextAt).where(sql`next_at IS NOT NULL`),
    index('requests_received').on(t.receivedAt),
  ],
)

/** The conversation about a request. */
export const requestMessages = sqliteTable(
  'request_messages',
  {
    id: text('id').primaryKey(),
    requestId: text('request_id').notNull(),
    accountId: text('account_id').notNull(),
    subjectId: text('subject_id').notNull(),
    by: text('by', { enum: ['person', 'business', 'us'] }).notNull(),
    content: text('content').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [
    index('request_messages_request').on(t.requestId, t.at, t.id),
    index('request_messages_subject').on(t.accountId, t.subjectId),
    index('request_messages_at').on(t.at),
  ],
)

/** What was prepared for a person to download; the object itself is in R2 under `export/`. */
export const packages = sqliteTable(
  'packages',
  {
    id: text('id').primaryKey(),
    requestId: text('request_id').notNull(),
    accountId: text('account_id').notNull(),
    subjectId: text('subject_id').notNull(),
    state: text('state', { enum: ['building', 'ready', 'failed', 'expired'] }).notNull(),
    /** JWK of the key that was made in the browser; null when there was none. */
    publicKey: text('public_key'),
    bytes: integer('bytes'),
    attempts: integer('attempts').notNull().default(0),
    /** When somebody builds it next; null when nobody has to. */
    nextAt: integer('next_at'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [
    index('packages_request').on(t.requestId, t.createdAt),
    index('packages_subject').on(t.accountId, t.subjectId),
    index('packages_open').on(t.expiresAt).where(sql`state IN ('building', 'ready')`),
    index('packages_due').on(t.nextAt).where(sql`next_at IS NOT NULL`),
    index('packages_created').on(t.createdAt),
  ],
)

/** Whether a business decides about requests of its contacts, or lets them through at once. */
export const requestRules = sqliteTable('request_rules', {
  accountId: text('account_id').primaryKey(),
  letThrough: text('let_through', { enum: ['at_once', 'decide'] }).notNull(),
  updatedAt: integer('updated_at').notNull(),
})

/** Every version of every public document, as the build that runs knows it. */
export const documentVersions = sqliteTable(
  'document_versions',
  {
    document: text('document', { enum: ['privacy', 'terms', 'subprocessors', 'dpa'] }).notNull(),
    version: text('version').notNull(),
    /** Hex SHA-256 of the text. */
    hash: text('hash').notNull(),
    /** Of the transparency log; null until it is in there. */
    leaf: text('leaf'),
    material: integer('material', { mode: 'boolean' }).notNull(),
    /** From the file: not in force before. */
    effectiveAt: integer('effective_at').notNull(),
    /** When this gateway first knew it. */
    seenAt: integer('seen_at').notNull(),
    /** When the last of those who had to be told was told; null until then. */
    toldAt: integer('told_at'),
    /** When it came into force; null until then. */
    inForceAt: integer('in_force_at'),
  },
  (t) => [primaryKey({ columns: [t.document, t.version] })],
)

/** Who was told of which version, and when: a mail that left, or one that could not be delivered. */
export const notices = sqliteTable(
  'notices',
  {
    document: text('document', { enum: ['privacy', 'terms', 'subprocessors', 'dpa'] }).notNull(),
    version: text('version').notNull(),
    /** The workspace of the member; `platform` for a subscriber. */
    accountId: text('account_id').notNull(),
    recipientId: text('recipient_id').notNull(),
    mailId: text('mail_id').notNull(),
    queuedAt: integer('queued_at').notNull(),
    sentAt: integer('sent_at'),
    /** The last try has failed. */
    failedAt: integer('failed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.document, t.version, t.recipientId] }),
    index('notices_recipient').on(t.accountId, t.recipientId),
    index('notices_open').on(t.mailId).where(sql`sent_at IS NULL AND failed_at IS NULL`),
    index('notices_queued').on(t.queuedAt),
  ],
)

/** How a team deals with a conversation. No row: open, with nobody, all of it unread. */
export const conversationStates = sqliteTable(
  'conversation_states',
  {
    conversationId: text('conversation_id').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    /** A member. */
    assigneeId: text('assignee_id'),
    assignedAt: integer('assigned_at'),
    /** Stands until something comes that was heard after `closedHeardAt`. */
    closedAt: integer('closed_at'),
    /** When the newest message that was here at the closing was heard. */
    closedHeardAt: integer('closed_heard_at'),
    /** Read by the team up to this sort key; empty: nothing. What comes late stands before it and was heard after. */
    readKey: text('read_key').notNull().default(''),
    readHeardAt: integer('read_heard_at'),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    index('conversation_states_contact').on(t.accountId, t.contactId),
    index('conversation_states_assignee').on(t.accountId, t.assigneeId),
  ],
)

export const labels = sqliteTable(
  'labels',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    colour: text('colour').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('labels_account').on(t.accountId, t.createdAt, t.id)],
)

export const conversationLabels = sqliteTable(
  'conversation_labels',
  {
    accountId: text('account_id').notNull(),
    conversationId: text('conversation_id').notNull(),
    labelId: text('label_id').notNull(),
    contactId: text('contact_id').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.conversationId, t.labelId] }),
    index('conversation_labels_label').on(t.accountId, t.labelId),
    index('conversation_labels_contact').on(t.accountId, t.contactId),
  ],
)

/** What colleagues tell each other about a conversation; never sent. */
export const notes = sqliteTable(
  'notes',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    conversationId: text('conversation_id').notNull(),
    contactId: text('contact_id').notNull(),
    /** As in the ledger: who wrote it. */
    author: text('author').notNull(),
    content: text('content').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [
    index('notes_conversation').on(t.accountId, t.conversationId, t.at, t.id),
    index('notes_contact').on(t.accountId, t.contactId),
  ],
)

/** What a member began to write. */
export const drafts = sqliteTable(
  'drafts',
  {
    /** What the content is sealed for: conversations can be merged. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    conversationId: text('conversation_id').notNull(),
    memberId: text('member_id').notNull(),
    contactId: text('contact_id').notNull(),
    content: text('content').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.conversationId, t.memberId] }),
    index('drafts_contact').on(t.accountId, t.contactId),
    index('drafts_member').on(t.accountId, t.memberId),
    index('drafts_updated').on(t.updatedAt),
  ],
)

/** Words of messages as keyed digests: found without being readable. */
export const searchTerms = sqliteTable(
  'search_terms',
  {
    accountId: text('account_id').notNull(),
    term: text('term').notNull(),
    /** A message, or the contact itself for the words of a name. */
    subjectId: text('subject_id').notNull(),
    contactId: text('contact_id').notNull(),
    conversationId: text('conversation_id'),
    at: integer('at').notNull(),
  },
  (t) => [
    // Newest first for each word, and one look to know whether another word is in the same subject.
    primaryKey({ columns: [t.accountId, t.term, t.at, t.subjectId] }),
    index('search_terms_contact').on(t.accountId, t.contactId),
    index('search_terms_subject').on(t.accountId, t.subjectId),
  ],
)

/** A conversation with something new to find. Goes when it is indexed. */
export const searchCursors = sqliteTable(
  'search_cursors',
  {
    conversationId: text('conversation_id').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    /** The sort key of the first message to be looked at; empty: all of them. */
    fromKey: text('from_key').notNull().default(''),
    dueAt: integer('due_at').notNull(),
  },
  (t) => [
    index('search_cursors_contact').on(t.accountId, t.contactId),
    index('search_cursors_due').on(t.dueAt),
  ],
)

/** A file of a message: fetched from Meta while Meta still has it, or uploaded to be sent. The object is in R2 under `media/`. */
export const media = sqliteTable(
  'media',
  {
    /** Of a file that was uploaded: the message it will be sent with. */
    messageId: text('message_id').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    numberId: text('number_id').notNull(),
    /** The contact whose prefix the object stands under: another than contactId once two contacts were merged. */
    holderId: text('holder_id').notNull(),
    direction: text('direction', { enum: ['in', 'out'] }).notNull(),
    state: text('state', { enum: ['waiting', 'kept', 'missed', 'gone', 'uploaded'] }).notNull(),
    /** FileContent in conversations/files.ts: Meta's id, the name, the hash. */
    content: text('content').notNull(),
    mime: text('mime').notNull(),
    bytes: integer('bytes'),
    /** Why it is missed or gone. */
    reason: text('reason'),
    attempts: integer('attempts').notNull().default(0),
    /** When the cron looks again: waiting and missed are fetched, uploaded was never sent, gone leaves an object behind. */
    nextAt: integer('next_at'),
    createdAt: integer('created_at').notNull(),
    keptAt: integer('kept_at'),
  },
  (t) => [
    index('media_due').on(t.nextAt).where(sql`next_at IS NOT NULL`),
    index('media_contact').on(t.accountId, t.contactId),
    index('media_created').on(t.createdAt),
  ],
)

/** Messages that leave when the number is connected again. The message itself stands in `messages` as `waiting`. */
export const waitingSends = sqliteTable(
  'waiting_sends',
  {
    messageId: text('message_id').primaryKey(),
    accountId: text('account_id').notNull(),
    numberId: text('number_id').notNull(),
    contactId: text('contact_id').notNull(),
    /** The body for Meta. */
    content: text('content').notNull(),
    /** As in the ledger: who sends it. */
    actor: text('actor').notNull(),
    createdAt: integer('created_at').notNull(),
    nextAt: integer('next_at').notNull(),
    /** Somebody is sending it until then. */
    leasedUntil: integer('leased_until'),
  },
  (t) => [
    index('waiting_sends_due').on(t.nextAt),
    index('waiting_sends_contact').on(t.accountId, t.contactId),
    index('waiting_sends_number').on(t.accountId, t.numberId),
    index('waiting_sends_created').on(t.createdAt),
  ],
)

/** What a business keeps about its contacts besides what WhatsApp tells, and why. */
export const customFields = sqliteTable(
  'custom_fields',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['text', 'number', 'date', 'choice'] }).notNull(),
    /** Of a choice. */
    choices: text('choices', { mode: 'json' }).$type<string[]>(),
    purpose: text('purpose').notNull(),
    createdAt: integer('created_at').notNull(),
    retiredAt: integer('retired_at'),
  },
  (t) => [index('custom_fields_account').on(t.accountId, t.createdAt, t.id)],
)

export const customValues = sqliteTable(
  'custom_values',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    fieldId: text('field_id').notNull(),
    content: text('content').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('custom_values_field').on(t.accountId, t.contactId, t.fieldId),
    index('custom_values_of_field').on(t.accountId, t.fieldId),
  ],
)

/** Each time a person agreed to something or took it back, with the proof. Never overwritten. */
export const consents = sqliteTable(
  'consents',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    purpose: text('purpose', { enum: ['marketing', 'utility', 'authentication', 'service'] }).notNull(),
    state: text('state', { enum: ['given', 'withdrawn'] }).notNull(),
    source: text('source', {
      enum: ['form', 'paper', 'chat', 'phone', 'in_person', 'import', 'whatsapp', 'request'],
    }).notNull(),
    /** `{ text, where }`: the words agreed to, and where they stand. */
    content: text('content').notNull(),
    /** When the person said so. */
    at: integer('at').notNull(),
    recordedAt: integer('recorded_at').notNull(),
    /** As in the ledger. */
    recordedBy: text('recorded_by').notNull(),
    importId: text('import_id'),
  },
  (t) => [
    index('consents_contact').on(t.accountId, t.contactId, t.purpose, t.at),
    index('consents_import').on(t.accountId, t.importId),
  ],
)

/** Whether marketing needs a consent that is written down here. No row: the business keeps its proof elsewhere. */
export const consentRules = sqliteTable('consent_rules', {
  accountId: text('account_id').primaryKey(),
  marketing: text('marketing', { enum: ['open', 'recorded'] }).notNull(),
  updatedAt: integer('updated_at').notNull(),
})

/** A list of contacts that is being taken in. The rows themselves are never kept: what became of them is counted. */
export const imports = sqliteTable(
  'imports',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** As in the ledger. */
    startedBy: text('started_by').notNull(),
    state: text('state', { enum: ['open', 'done', 'cancelled'] }).notNull(),
    /** `{ name, source, text, where, date, fingerprint }`: the file, and the evidence of consent. */
    content: text('content').notNull(),
    purpose: text('purpose', { enum: ['marketing', 'utility', 'authentication', 'service'] }).notNull(),
    total: integer('total').notNull(),
    /** So many rows were handled: the next piece begins here. Moves with what it counts, in one batch. */
    position: integer('position').notNull().default(0),
    added: integer('added').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    /** `[[row, reason], …]` of rows that were refused, without their words. */
    report: text('report', { mode: 'json' }).$type<[number, string][]>().notNull(),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (t) => [
    index('imports_account').on(t.accountId, t.createdAt, t.id),
    index('imports_created').on(t.createdAt),
  ],
)

/** Message templates as Meta last told. */
export const templates = sqliteTable(
  'templates',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    wabaId: text('waba_id').notNull(),
    /** Meta's id. */
    metaId: text('meta_id').notNull(),
    name: text('name').notNull(),
    language: text('language').notNull(),
    category: text('category').notNull(),
    status: text('status').notNull(),
    quality: text('quality'),
    /** Why Meta refused or paused it: Meta's code, and its sentence where it gave one. */
    reason: text('reason'),
    detail: text('detail'),
    /** Announced, and not yet so. */
    nextCategory: text('next_category'),
    nextCategoryAt: integer('next_category_at'),
    /** Empty until it was read from Meta: an event may come first. */
    components: text('components', { mode: 'json' }).$type<unknown[]>().notNull(),
    /** When each was last heard, so that the newest wins in any order. */
    statusAt: integer('status_at').notNull().default(0),
    qualityAt: integer('quality_at').notNull().default(0),
    categoryAt: integer('category_at').notNull().default(0),
    componentsAt: integer('components_at').notNull().default(0),
    /** Meta lets an approved one be edited once in 24 hours. */
    editedAt: integer('edited_at'),
    updatedAt: integer('updated_at').notNull(),
    syncedAt: integer('synced_at').notNull(),
  },
  (t) => [
    index('templates_account').on(t.accountId, t.name, t.language, t.id),
    uniqueIndex('templates_meta').on(t.wabaId, t.metaId),
  ],
)

/** How long a business keeps a class of data, within the bounds of the catalogue. No row: as long as the catalogue says. */
export const retentionRules = sqliteTable(
  'retention_rules',
  {
    accountId: text('account_id').notNull(),
    class: text('class', { enum: ['messages', 'media', 'notes', 'audit', 'raw_events'] }).notNull(),
    days: integer('days').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** As in the ledger. */
    updatedBy: text('updated_by').notNull(),
    /** When it was last carried out to the end; 0: not yet. */
    sweptAt: integer('swept_at').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.class] }), index('retention_rules_swept').on(t.sweptAt)],
)

/** Who accepted which version of the data processing agreement for the workspace. */
export const agreements = sqliteTable(
  'agreements',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    version: text('version').notNull(),
    /** Hex SHA-256 of the text. */
    hash: text('hash').notNull(),
    /** As in the ledger. */
    acceptedBy: text('accepted_by').notNull(),
    /** `{ name, title }` of the signatory, under the account's key: the evidence outlives the membership. */
    content: text('content').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [uniqueIndex('agreements_version').on(t.accountId, t.version)],
)

/** A copy of everything of a workspace, being made or ready to be taken. The object is in R2 under `export/`. */
export const workspaceExports = sqliteTable(
  'workspace_exports',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** As in the ledger. */
    orderedBy: text('ordered_by').notNull(),
    state: text('state', { enum: ['building', 'ready', 'failed', 'expired'] }).notNull(),
    bytes: integer('bytes'),
    /** `{ table: rows }`: what is in it so far. */
    counts: text('counts', { mode: 'json' }).$type<Record<string, number>>().notNull(),
    /** The tables of its pieces, in order: so many objects stand in R2. */
    parts: text('parts', { mode: 'json' }).$type<string[]>().notNull(),
    /** The table that comes next, and behind which row; null when everything is in. */
    nextTable: text('next_table'),
    nextRow: integer('next_row').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    nextAt: integer('next_at'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [
    index('workspace_exports_account').on(t.accountId, t.createdAt, t.id),
    index('workspace_exports_due').on(t.nextAt).where(sql`next_at IS NOT NULL`),
    index('workspace_exports_created').on(t.createdAt),
  ],
)
