// The facts of an explanation, read with one call to D1 besides the message itself. Called by explanation-routes.ts.

import { and, desc, eq, lte, sql } from 'drizzle-orm'
import { type Database, database, schema } from '../../db/client.ts'
import { loadMessage, type MessageView } from '../conversations/list-messages.ts'
import { fields, text } from '../meta/json.ts'
import { type ExplainFacts, type Explanation, explain } from './explain.ts'

const { consents, messages, numbers, retentionRules, templates } = schema

/** Undefined when there is no such message, or its person is not to be shown. */
export async function loadExplanation(
  env: Env,
  accountId: string,
  id: string,
  now: number,
): Promise<{ message: MessageView; explanation: Explanation } | undefined> {
  const message = await loadMessage(env, accountId, id, now)
  if (!message) return undefined
  return { message, explanation: explain(await loadFacts(database(env.DB), accountId, message)) }
}

export const consentsQuery = (db: Database, accountId: string, contactId: string, until: number) =>
  db
    .select({ purpose: consents.purpose, state: consents.state, at: consents.at, source: consents.source })
    .from(consents)
    .where(and(eq(consents.accountId, accountId), eq(consents.contactId, contactId), lte(consents.at, until)))

export const heardBeforeQuery = (db: Database, accountId: string, message: MessageView) =>
  db
    .select({ at: messages.at })
    .from(messages)
    .where(
      and(
        eq(messages.accountId, accountId),
        eq(messages.conversationId, message.conversationId),
        sql`${messages.sortKey} < ${message.sortKey}`,
        eq(messages.direction, 'in'),
      ),
    )
    .orderBy(desc(messages.sortKey), desc(messages.id))
    .limit(1)

/** Of the number's own account at Meta: another may have a template of the same name. */
export const categoryQuery = (db: Database, accountId: string, message: MessageView) => {
  const template = fields(message.latest?.body)
  return db
    .select({ category: templates.category })
    .from(templates)
    .innerJoin(numbers, and(eq(numbers.wabaId, templates.wabaId), eq(numbers.accountId, templates.accountId)))
    .where(
      and(
        eq(templates.accountId, accountId),
        eq(templates.name, message.type === 'template' ? (text(template.name) ?? '') : ''),
        eq(templates.language, text(fields(template.language).code) ?? ''),
        eq(numbers.id, message.numberId),
      ),
    )
}

const ruleQuery = (db: Database, accountId: string) =>
  db
    .select({ days: retentionRules.days })
    .from(retentionRules)
    .where(and(eq(retentionRules.accountId, accountId), eq(retentionRules.class, 'messages')))

async function loadFacts(db: Database, accountId: string, message: MessageView): Promise<ExplainFacts> {
  const [agreed, [heard], [template], [rule]] = await db.batch([
    consentsQuery(db, accountId, message.contactId, message.at),
    heardBeforeQuery(db, accountId, message),
    categoryQuery(db, accountId, message),
    ruleQuery(db, accountId),
  ])
  const { direction, origin, type, at, status, failure, basis, windowUntil } = message
  // The newest word for each purpose stands.
  const newest = agreed.sort((a, b) => b.at - a.at)
  return {
    ...{ direction, origin, type, at, status, failure },
    ground: basis === null ? null : { basis, windowUntil },
    heardBefore: heard?.at ?? null,
    templateCategory: template?.category.toLowerCase() ?? null,
    consents: newest.filter((one, i) => newest.findIndex(({ purpose }) => purpose === one.purpose) === i),
    retentionDays: rule?.days ?? null,
  }
}
