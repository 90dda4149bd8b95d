// What the consent gate decides by: what a message that the business begins is for, and whether the person agreed to that.
// Nothing is asked about answers. Called by facts.ts. Source: opt-in and opt-out (WhatsApp Business Messaging Policy).

import { and, eq } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { consentFactsQuery, consentRuleQuery } from '../consent/record.ts'
import { type Purpose, standingOf } from '../consent/standing.ts'
import type { Outgoing } from '../meta/send-message.ts'

const { templates } = schema

/** `missing`: the workspace wants a consent to marketing written down, and there is none. */
export type ConsentFact = 'withdrawn' | 'missing' | undefined

type Asked = Pick<Outgoing, 'type' | 'payload' | 'forward'>

export async function loadConsent(
  db: Database,
  accountId: string,
  contactIds: string[],
  outgoing: Asked,
  edge: 'messages' | 'marketing_messages',
): Promise<ConsentFact> {
  const [facts, [rule], known] = await db.batch([
    consentFactsQuery(db, accountId, contactIds),
    consentRuleQuery(db, accountId),
    templatesQuery(db, accountId, nameOf(outgoing.payload)),
  ])
  const purpose = edge === 'marketing_messages' ? 'marketing' : purposeOf(outgoing, known)
  const standing = (of: Purpose) => standingOf(facts, of).state
  if (standing(purpose) === 'withdrawn' || standing('service') === 'withdrawn') return 'withdrawn'
  const wanted = purpose === 'marketing' && rule?.marketing === 'recorded'
  return wanted && standing(purpose) !== 'given' ? 'missing' : undefined
}

const templatesQuery = (db: Database, accountId: string, name: string) =>
  db
    .select({ language: templates.language, category: templates.category })
    .from(templates)
    .where(and(eq(templates.accountId, accountId), eq(templates.name, name)))

type Loose = Record<string, unknown>
const record = (value: unknown): Loose =>
  typeof value === 'object' && value !== null ? (value as Loose) : {}

const nameOf = (payload: unknown): string => {
  const { name } = record(payload)
  return typeof name === 'string' ? name : ''
}

const purposes: Record<string, Purpose> = { utility: 'utility', authentication: 'authentication' }

/** What nobody has told us the category of counts as marketing: to be wrong must not reach somebody who said no. */
export function purposeOf(
  { type, payload, forward }: Asked,
  known: readonly { language: string; category: string }[],
): Purpose {
  if (type !== 'template') return purposes[String(forward.category).toLowerCase()] ?? 'marketing'
  const { code } = record(record(payload).language)
  const own = known.filter(({ language }) => language === code)
  const categories = (own.length > 0 ? own : known).map(({ category }) => category.toLowerCase())
  // The same name in two WhatsApp accounts: the stricter counts.
  const [one, ...others] = [...new Set(categories)]
  return (others.length === 0 && one !== undefined && purposes[one]) || 'marketing'
}
