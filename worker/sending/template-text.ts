// The words of a template that is sent: Meta gets its name and values alone, and the team wants to read what the person reads.
// Called by facts.ts.

import { and, desc, eq } from 'drizzle-orm'
import { type Database, schema } from '../../db/client.ts'
import { fields, text } from '../meta/json.ts'
import type { Outgoing } from '../meta/send-message.ts'
import { sentenceOf } from '../templates/sentence.ts'

const { numbers, templates } = schema

/** Undefined when it is no template, or one whose words Meta has not told us. */
export async function loadTemplateText(
  db: Database,
  accountId: string,
  phoneNumberId: string,
  { type, payload }: Pick<Outgoing, 'type' | 'payload'>,
): Promise<string | undefined> {
  const name = text(fields(payload).name)
  const language = text(fields(fields(payload).language).code)
  if (type !== 'template' || name === undefined || language === undefined) return undefined
  const row = await db
    .select({ components: templates.components })
    .from(templates)
    .innerJoin(numbers, and(eq(numbers.wabaId, templates.wabaId), eq(numbers.accountId, templates.accountId)))
    .where(
      and(
        eq(templates.accountId, accountId),
        eq(templates.name, name),
        eq(templates.language, language),
        eq(numbers.phoneNumberId, phoneNumberId),
      ),
    )
    // One that was deleted and made again stands twice until the list is read anew.
    .orderBy(desc(templates.componentsAt))
    .limit(1)
    .get()
  return row && sentenceOf(row.components, payload)
}
