// What the API says of a contact beyond the list of the conversations room: what the business noted, what the person agreed
// to, what stands in the way of writing. The schemas type answers and fill /openapi.json.

import { purposes, type Standing } from '../consent/standing.ts'
import { contactSchema } from '../conversations/shapes.ts'
import { limits } from '../ground/limits.ts'
import { instant, isoTime, isoTimeOrNull, pageQuery, pageSchema, timeKey, z } from '../ground/openapi.ts'

export const purposeEnum = z.enum(purposes)

const standingSchema = z
  .object({
    state: z.enum(['given', 'withdrawn', 'none']),
    at: instant.nullable().describe('When the person said so.'),
    source: z.string().nullable(),
  })
  .openapi('ConsentStanding')

export const standingView = ({ state, at, source }: Standing): z.infer<typeof standingSchema> => ({
  state,
  at: isoTimeOrNull(at),
  source,
})

const heldSchema = z.object({ at: instant }).nullable()

export const listedContactSchema = contactSchema
  .extend({
    objected: heldSchema.describe('Since when you may answer this person, but not begin; null: not.'),
    marketing: z.enum(['given', 'withdrawn', 'none']).describe('What the consents to marketing come to.'),
  })
  .openapi('ListedContact')
export const listedContactPage = pageSchema('ListedContactPage', listedContactSchema)

export const valueSchema = z
  .object({
    fieldId: z.string().openapi({ example: 'fld_2b4d6f8h0k2n4q6s8v0x2z4b6d' }),
    value: z.string().nullable().describe('Null: it does not open any more.'),
    updatedAt: instant,
  })
  .openapi('ContactValue')

export const contactDetailSchema = contactSchema
  .extend({
    nameBy: z
      .enum(['whatsapp', 'import', 'workspace'])
      .nullable()
      .describe('Whose word the name is. One that the workspace corrected is not overwritten by WhatsApp.'),
    values: z.array(valueSchema),
    consents: z.object({
      marketing: standingSchema,
      utility: standingSchema,
      authentication: standingSchema,
      service: standingSchema,
    }),
    objected: heldSchema.describe('Since when this person is not to be written to first; null: not.'),
    restricted: z.literal(false).describe('A restricted contact is not shown at all.'),
    stoppedMarketing: heldSchema.describe(
      'Since when WhatsApp says that marketing is not wanted; null: not.',
    ),
    conversations: z.array(z.object({ id: z.string(), numberId: z.string(), lastMessageAt: instant })),
  })
  .openapi('ContactDetail')

export const contactsQuerySchema = pageQuery(timeKey).extend({
  q: z.string().trim().max(200).optional().openapi({
    description:
      'Beginnings of words of a name, a phone number or its last digits, a user id, or the id of a contact.',
  }),
  objected: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Only those who objected, or who did not.' }),
  marketing: z
    .enum(['given', 'withdrawn', 'none'])
    .optional()
    .openapi({ description: 'Only those whose consent to marketing stands so.' }),
})

export const nameBody = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(limits.contactNameChars)
    .nullable()
    .describe('Null: what WhatsApp tells counts again.'),
})

export const revealedSchema = z
  .object({ phone: z.string().nullable(), bsuid: z.string().nullable() })
  .openapi('RevealedContact')

export const restrictionPage = pageSchema(
  'RestrictionPage',
  z.object({ contactId: z.string(), at: instant }).openapi('Restriction'),
)

export const historyPage = pageSchema(
  'ContactHistoryPage',
  z
    .object({
      id: z.string(),
      at: instant,
      action: z.string().openapi({ example: 'contact.correct' }),
      actor: z.string().describe('As in the ledger.'),
      reason: z.string().nullable(),
    })
    .openapi('ContactHistoryEntry'),
)

const kinds = ['text', 'number', 'date', 'choice'] as const
const fieldName = z.string().trim().min(1).max(limits.fieldNameChars)
const fieldPurpose = z
  .string()
  .trim()
  .min(1)
  .max(limits.fieldPurposeChars)
  .describe('Why you keep this about people. They read it in the copy of their data.')
const choices = z.array(fieldName).min(1).max(limits.fieldChoices)

export const fieldSchema = z
  .object({
    id: z.string().openapi({ example: 'fld_2b4d6f8h0k2n4q6s8v0x2z4b6d' }),
    name: z.string().openapi({ example: 'Favourite bread' }),
    kind: z.enum(kinds),
    choices: z.array(z.string()).nullable(),
    purpose: z.string().openapi({ example: 'To put the right loaf aside' }),
    createdAt: instant,
    retiredAt: instant.nullable().describe('Since then nothing new is noted in it.'),
    values: z.int().describe('How many contacts have one.'),
  })
  .openapi('ContactField')
export const fieldPage = pageSchema('ContactFieldPage', fieldSchema)

export const newFieldBody = z.strictObject({
  name: fieldName,
  kind: z.enum(kinds),
  choices: choices.optional(),
  purpose: fieldPurpose,
})
export const fieldChangeBody = z.strictObject({
  name: fieldName.optional(),
  purpose: fieldPurpose.optional(),
  choices: choices.optional().describe('A choice that is left out stays where it was noted.'),
  retired: z.boolean().optional(),
})
export const valueBody = z.strictObject({ value: z.string().max(limits.fieldValueChars) })

export const consentSources = ['form', 'paper', 'chat', 'phone', 'in_person', 'whatsapp', 'request'] as const

export const consentSchema = z
  .object({
    id: z.string().openapi({ example: 'cns_2b4d6f8h0k2n4q6s8v0x2z4b6d' }),
    purpose: purposeEnum,
    state: z.enum(['given', 'withdrawn']),
    source: z.enum([...consentSources, 'import']),
    text: z.string().nullable().describe('The words agreed to, or said.'),
    where: z.string().nullable().describe('Where they stand.'),
    how: z.string().nullable().describe('Of an import: how those on the list agreed.'),
    at: instant.describe('When the person said so.'),
    recordedAt: instant,
    recordedBy: z.string().describe('As in the ledger.'),
    importId: z.string().nullable(),
  })
  .openapi('Consent')
export const consentPage = pageSchema('ConsentPage', consentSchema)

export const consentText = z.string().trim().min(1).max(limits.consentTextChars)
export const consentWhere = z.string().trim().max(limits.consentWhereChars)

export const newConsentBody = z.strictObject({
  purpose: purposeEnum,
  state: z.enum(['given', 'withdrawn']),
  source: z.enum(consentSources).describe('How the person said so.'),
  text: consentText.describe('The words agreed to, or what the person said.'),
  where: consentWhere.optional().describe('Where they stand: a page, a form, a till.'),
  at: instant.describe('When; not in the future.'),
})

export const ruleSchema = z
  .object({
    marketing: z
      .enum(['open', 'recorded'])
      .describe(
        'recorded: marketing goes only to people whose consent is written down here. open: you keep the proof.',
      ),
  })
  .openapi('ConsentRule')

export const isoHeld = (at: number | undefined): { at: string } | null =>
  at === undefined ? null : { at: isoTime(at) }
