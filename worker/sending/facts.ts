// Everything the gates decide by, and what the record needs beside it: one call to the Keeper, then D1, side by side. Called by
// send.ts.

import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { among, type Database, schema } from '../../db/client.ts'
import { windowAt } from '../conversations/window.ts'
import { type AccountKeys, keeperOf, openColumns, type SubjectAnswer } from '../custody/sealing.ts'
import type { Outgoing } from '../meta/send-message.ts'
import { otherSpellings } from '../meta/send-recipient.ts'
import { loadConsent } from './consent.ts'
import type { GateFacts, HoldKind } from './gates.ts'
import type { Outside } from './outside.ts'
import { loadTemplateText } from './template-text.ts'

const { contactPreferences, conversations, holds, numbers, wabas } = schema

/** `erasedBefore`: the last erasure of any of these ids, though what is asked about happened after it. */
type Erasable = SubjectAnswer & { erasedBefore?: number }
export type Who = { account: AccountKeys; contact: SubjectAnswer | undefined; erasedAt: number | undefined }

/** Who the recipient is; never makes a contact, because the gates may still refuse. */
export async function loadWho(out: Outside, recipient: Outgoing['recipient']): Promise<Who> {
  const at = out.now()
  const subject = subjectOf(recipient)
  const others =
    recipient?.kind === 'phone' ? otherSpellings(recipient.digits).map((phone) => ({ phone })) : []
  const queries = (subject ? [subject, ...others] : []).map((one) => ({ ...one, at, create: false }))
  const keeper = keeperOf(out.env.KEEPER, out.principal.accountId)
  const { account, subjects } = await keeper.resolve(queries)
  // Known under one spelling is known; erased under one is erased under all.
  const contact = subjects.find((answer) => answer.state === 'known') ?? subjects[0]
  return { account, contact, erasedAt: lastErasure(subjects) }
}

function lastErasure(answers: Erasable[]): number | undefined {
  const times = answers.flatMap((answer) =>
    answer.state === 'erased' ? answer.at : (answer.erasedBefore ?? []),
  )
  return times.length > 0 ? Math.max(...times) : undefined
}

/** How the Keeper knows a recipient; undefined for groups and for what is not a recipient. */
export function subjectOf(
  recipient: Outgoing['recipient'],
): { phone: string } | { bsuid: string } | undefined {
  if (recipient?.kind === 'phone') return { phone: recipient.digits }
  return recipient?.kind === 'user' ? { bsuid: recipient.bsuid } : undefined
}

export type StandingHold = { subjectId: string; kind: HoldKind }
export type OwnNumber = { id: string; wabaId: string; phoneNumberId: string; token: string }

export type SendFacts = {
  gates: GateFacts
  /** Undefined when the number is not the caller's, or has no token that opens. */
  number: OwnNumber | undefined
  /** The id to name in the ledger, which must never be a stranger's text. */
  subject: string
  holds: StandingHold[]
  /** True when the person has a conversation with any number of the account, and so a contact's row. */
  met: boolean
  /** What a person reads of a template. */
  templateText: string | undefined
}

/** `answersRequest`: see the gates. */
export type How = { edge: 'messages' | 'marketing_messages'; answersRequest?: boolean | undefined }

export async function loadFacts(
  out: Outside,
  phoneNumberId: string,
  outgoing: Outgoing,
  who: Who,
  { edge, answersRequest = false }: How,
): Promise<SendFacts> {
  const { accountId } = out.principal
  const known = who.contact?.state === 'known' ? [who.contact.contactId, ...who.contact.losers] : []
  const begins = outgoing.opensConversation || edge === 'marketing_messages'
  // Asked for side by side: only what begins has to wait for it.
  const asked = begins && !answersRequest ? loadConsent(out.db, accountId, known, outgoing, edge) : undefined
  const reading = loadTemplateText(out.db, accountId, phoneNumberId, outgoing)
  const asking = out.db.batch([
    ownNumber(out.db, accountId, phoneNumberId),
    standingHolds(out.db, accountId, known),
    talksWith(out.db, accountId, known),
    stoppedMarketing(out.db, accountId, known),
  ])
  const [[found, standing, talks, stopped], consent, templateText] = await Promise.all([
    asking,
    asked,
    reading,
  ])
  const row = found[0]
  const token = row && (await openToken(out, row.wabaId, row.token))
  const subjects = [accountId, row?.wabaId, ...known]
  const holdsHere = standing.filter((hold) => subjects.includes(hold.subjectId))
  const here = talks.filter((talk) => talk.numberId === row?.id)
  return {
    number: row && token !== undefined ? { id: row.id, wabaId: row.wabaId, phoneNumberId, token } : undefined,
    subject: row?.id ?? 'unknown',
    holds: holdsHere,
    met: talks.some((talk) => talk.contactId === known[0]),
    templateText,
    gates: {
      phoneNumberId,
      numberOwned: row !== undefined,
      numberConnected: token !== undefined,
      holds: holdsHere.map((hold) => hold.kind),
      recipient: outgoing.recipient,
      erasedAt: who.erasedAt,
      heardAt: latest(talks),
      window: windowAt(latest(here), out.now()),
      needsWindow: outgoing.kind === 'message' && !outgoing.opensConversation,
      begins,
      consent,
      edge,
      unwanted: edge === 'marketing_messages' && stopped.length > 0,
      answersRequest,
      fault: outgoing.fault,
    },
  }
}

const talksWith = (db: Database, accountId: string, contactIds: string[]) =>
  db
    .select({
      numberId: conversations.numberId,
      contactId: conversations.contactId,
      userLastAt: conversations.userLastAt,
    })
    .from(conversations)
    .where(
      sql`${conversations.accountId} = ${accountId} AND ${conversations.contactId} IN ${among(contactIds)}`,
    )

const ownNumber = (db: Database, accountId: string, phoneNumberId: string) =>
  db
    .select({
      id: numbers.id,
      wabaId: numbers.wabaId,
      // Cut off by the business: whatever opens the account, it is not for this number.
      token: sql<string | null>`CASE WHEN ${numbers.disconnectedAt} IS NULL THEN ${wabas.token} END`,
    })
    .from(numbers)
    .leftJoin(wabas, and(eq(wabas.wabaId, numbers.wabaId), eq(wabas.accountId, numbers.accountId)))
    .where(and(eq(numbers.phoneNumberId, phoneNumberId), eq(numbers.accountId, accountId)))

/** What the person said in WhatsApp's own settings, as its webhook told us. */
const stoppedMarketing = (db: Database, accountId: string, contactIds: string[]) =>
  db
    .select({ contactId: contactPreferences.contactId })
    .from(contactPreferences)
    .where(
      and(
        eq(contactPreferences.accountId, accountId),
        sql`${contactPreferences.contactId} IN ${among(contactIds)}`,
        eq(contactPreferences.category, 'marketing_messages'),
        eq(contactPreferences.value, 'stop'),
      ),
    )

/** A hold stands until it is lifted, and again when it is laid anew. Of contacts, only these are looked at. */
export const standingHolds = (db: Database, accountId: string, contactIds: string[] = []) =>
  db
    .select({ subjectId: holds.subjectId, kind: holds.kind })
    .from(holds)
    .where(
      and(
        eq(holds.accountId, accountId),
        or(isNull(holds.liftedAt), lt(holds.liftedAt, holds.at)),
        sql`(${holds.kind} NOT IN ('restricted', 'objected') OR ${holds.subjectId} IN ${among(contactIds)})`,
      ),
    )

/** Undefined when there is none, or when its key was destroyed. */
export async function openToken(
  out: Pick<Outside, 'env' | 'now' | 'principal'>,
  wabaId: string,
  sealed: string | null,
): Promise<string | undefined> {
  const column = { table: 'wabas', column: 'token', rowId: wabaId, sealed }
  const [token] = await openColumns(out.env.KEEPER, out.principal.accountId, [column], out.now())
  return token
}

function latest(talks: { userLastAt: number | null }[]): number | undefined {
  const times = talks.flatMap((talk) => talk.userLastAt ?? [])
  return times.length > 0 ? Math.max(...times) : undefined
}
