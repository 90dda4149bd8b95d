// Who hears what about a request: the owners of a business, whoever operates this gateway, the person who asked. Statements for
// the batch that they tell of, and, to people in a chat, words that are said when it is done. Called by everything in this
// folder that moves a request.

import { and, desc, eq } from 'drizzle-orm'
import { type Database, database, type Statement, schema, writeBatch } from '../../db/client.ts'
import { ownersQuery } from '../accounts/members.ts'
import { loadPlatformRef } from '../custody/sealing.ts'
import { errorName, log } from '../ground/log.ts'
import type { World } from '../ground/world.ts'
import { mailInsert, newMail } from '../mail/mail.ts'
import { type MailText, mailTexts } from '../mail/templates.ts'
import type { Hands } from './hands.ts'
import { refusalView } from './refusals.ts'
import { loadWorkspaceName, type RequestRow, requestCode, requestUrl } from './row.ts'
import { answerable, type Told, toldText } from './words.ts'

const { conversations } = schema

type OwnersMail = 'requestWaits' | 'requestReminder' | 'requestToDo' | 'requestWrittenTo'

/** To every owner of the business: the kind of request and how to answer it, and nothing about who asked. */
export async function mailOwners(
  { env, settings, now }: World,
  db: Database,
  row: RequestRow,
  which: OwnersMail,
): Promise<Statement[]> {
  const { accountId, id: requestId, type, dueAt, letThroughAt } = row
  const [owners, workspace = ''] = await Promise.all([
    ownersQuery(db, accountId),
    loadWorkspaceName(db, accountId),
  ])
  const docsUrl = `${settings.publicOrigin}/docs/api`
  const mail = {
    kind: which.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ...mailTexts[which]({ workspace, type, requestId, dueAt, letThroughAt, docsUrl }),
  }
  return Promise.all(
    owners.map(({ id: memberId }) =>
      mailInsert(db, env.KEEPER, { to: { accountId, memberId }, ...mail }, now),
    ),
  )
}

export const urlOf = async ({ env, settings }: World, row: RequestRow): Promise<string> =>
  requestUrl(settings, requestCode(await loadPlatformRef(env.KEEPER), row), row.type)

/** About somebody of ours; a contact is the business's. */
const personOf = ({ accountId, subjectId }: RequestRow, kind: 'member' | 'visitor') =>
  kind === 'visitor' ? { visitorId: subjectId } : { accountId, memberId: subjectId }

/** To whoever operates this gateway, about one of our own people: sealed as theirs, gone with them. */
export async function mailOperator(
  world: World,
  db: Database,
  row: RequestRow,
  text?: string,
): Promise<Statement[]> {
  if (row.subjectKind === 'contact') return []
  const { subjectKind: about, id: requestId, type, dueAt } = row
  const facts = { type, about, requestId, dueAt, statusUrl: await urlOf(world, row) }
  const mail = mailTexts.requestToOperator({ ...facts, ...(text === undefined ? {} : { text }) })
  const to = { operatorAbout: personOf(row, about) }
  return [await mailInsert(db, world.env.KEEPER, { to, kind: 'request_to_operator', ...mail }, world.now)]
}

/** To the member or visitor who asked: the link to the page, which they may have closed. */
export async function receivedMail(
  world: World,
  db: Database,
  row: RequestRow,
): Promise<{ id: string; statement: Statement } | undefined> {
  if (row.subjectKind === 'contact') return undefined
  const { accountId, subjectKind: about, type, dueAt } = row
  const workspace = (await loadWorkspaceName(db, accountId)) ?? null
  const facts = { type, about, workspace, dueAt, statusUrl: await urlOf(world, row) }
  const mail = { kind: 'request_received', ...mailTexts.requestReceived(facts) }
  return newMail(db, world.env.KEEPER, { to: personOf(row, about), ...mail }, world.now)
}

/**
 * How it stands, where the person asked: in the chat, or by mail. What cannot be said there stands on the page all the same,
 * so a failure here stops nothing.
 */
export async function tellPerson(world: World, hands: Hands, row: RequestRow, told: Told): Promise<void> {
  try {
    const url = await urlOf(world, row)
    if (row.subjectKind === 'contact') await sayTo(world, hands, row, told, url)
    else await mailPerson(world, row, row.subjectKind, mailOf(row, told, url))
  } catch (cause) {
    log('warn', 'request.not_told', { error: errorName(cause) })
  }
}

/** On the number they last talked with. */
async function sayTo(world: World, hands: Hands, row: RequestRow, told: Told, url: string): Promise<void> {
  const { accountId, subjectId: contactId } = row
  const last = await database(world.env.DB)
    .select({ numberId: conversations.numberId })
    .from(conversations)
    .where(and(eq(conversations.accountId, accountId), eq(conversations.contactId, contactId)))
    .orderBy(desc(conversations.lastMessageAt))
    .limit(1)
    .get()
  if (!last) return
  const key = told.kind === 'message' ? `${row.id}:message:${world.now}` : `${row.id}:${told.kind}`
  const text = `${toldText(row, told)}\n${url}\n${answerable}`
  await hands.say(world, { accountId, numberId: last.numberId, contactId }, text, key)
}

function mailOf(row: RequestRow, told: Told, statusUrl: string): MailText {
  const { type, regimes, refusal } = row
  switch (told.kind) {
    case 'message':
      return mailTexts.requestMessage({ by: 'us', text: told.text, statusUrl })
    case 'done':
    case 'lifted':
      return mailTexts.requestDone({ type, statusUrl })
    case 'withdrawn':
      return mailTexts.requestWithdrawn({ type, statusUrl })
    case 'granted':
      return mailTexts.requestDecided({ type, statusUrl, refusal: null })
    case 'refused':
      return mailTexts.requestDecided({ type, statusUrl, refusal: refusalView(refusal ?? '', regimes) })
  }
}

async function mailPerson(
  { env, now }: World,
  row: RequestRow,
  about: 'member' | 'visitor',
  text: MailText,
): Promise<void> {
  const db = database(env.DB)
  const mail = { to: personOf(row, about), kind: 'request_stands', ...text }
  await writeBatch(db, [await mailInsert(db, env.KEEPER, mail, now)])
}
