// What the API says of templates, and what it takes. The schemas parse, type answers and fill /openapi.json.

import { limits } from '../ground/limits.ts'
import { idKey, instant, isoTime, isoTimeOrNull, pageQuery, pageSchema, z } from '../ground/openapi.ts'
import type { TemplateRow } from './record.ts'
import { reasonOf } from './words.ts'

export const templateSchema = z
  .object({
    id: z.string().openapi({ example: 'tpl_6e8g0i2k4m6p8r0t2w4y6a8c0e' }),
    wabaId: z.string(),
    metaId: z.string().describe('Meta’s id.'),
    name: z.string().openapi({ example: 'order_ready' }),
    language: z.string().openapi({ example: 'en_US' }),
    category: z.string().openapi({ example: 'UTILITY' }),
    status: z
      .string()
      .describe('Meta’s word: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED` and rarer ones.')
      .openapi({ example: 'APPROVED' }),
    quality: z.string().nullable().describe('`GREEN`, `YELLOW`, `RED` or `UNKNOWN`.'),
    reason: z
      .object({ code: z.string(), says: z.string(), remedy: z.string() })
      .nullable()
      .describe('Why Meta refused or paused it, in words.'),
    next: z
      .object({ category: z.string(), at: instant })
      .nullable()
      .describe('The category that Meta announced, and from when.'),
    components: z.array(z.any()).describe('As Meta has them; empty until they were read.'),
    editableAt: instant
      .nullable()
      .describe('From when it can be edited; null while Meta allows no edit of it.'),
    updatedAt: instant,
    syncedAt: instant.nullable().describe('When it was last read from Meta’s list.'),
  })
  .openapi('Template')

export const templatePage = pageSchema('TemplatePage', templateSchema)

const word = z.string().min(1).max(40)
export const templatesQuerySchema = pageQuery(idKey).extend({
  q: z.string().max(200).optional().openapi({ description: 'Words of the name or of the text.' }),
  status: word.optional().openapi({ description: 'Meta’s word, as `APPROVED`.' }),
  category: word.optional(),
  language: word.optional(),
  wabaId: z.string().max(40).optional(),
})

/** Statuses that Meta lets be edited (templates reference). */
const editable = ['APPROVED', 'REJECTED', 'PAUSED']

export function editableAt({ status, editedAt, updatedAt }: TemplateRow): number | null {
  if (!editable.includes(status)) return null
  return status === 'APPROVED' && editedAt !== null ? editedAt + limits.templateEditMs : updatedAt
}

export const templateView = (row: TemplateRow): z.infer<typeof templateSchema> => {
  const { id, wabaId, metaId, name, language, category, status, quality, components } = row
  const coming = row.nextCategory !== null && row.nextCategoryAt !== null
  return {
    ...{ id, wabaId, metaId, name, language, category, status, quality, components },
    reason: status === 'APPROVED' ? null : reasonOf(row.reason, row.detail),
    next: coming ? { category: row.nextCategory as string, at: isoTime(row.nextCategoryAt as number) } : null,
    editableAt: isoTimeOrNull(editableAt(row)),
    updatedAt: isoTime(Math.max(0, row.updatedAt)),
    syncedAt: row.syncedAt === 0 ? null : isoTime(row.syncedAt),
  }
}

const text = z.string().max(4_000).optional()
const example = z.record(z.string(), z.any()).optional()
const button = z.strictObject({
  type: z.enum(['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'OTP']),
  text,
  url: text,
  phone_number: text,
  otp_type: z.enum(['COPY_CODE']).optional(),
  example: z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(1)]).optional(),
})
const components = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('HEADER'),
        format: z.enum(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']),
        text,
        example,
      }),
      z.strictObject({
        type: z.literal('BODY'),
        text,
        add_security_recommendation: z.boolean().optional(),
        example,
      }),
      z.strictObject({
        type: z.literal('FOOTER'),
        text,
        code_expiration_minutes: z.int().min(1).max(90).optional(),
      }),
      z.strictObject({ type: z.literal('BUTTONS'), buttons: z.array(button).min(1).max(40) }),
    ]),
  )
  .min(1)
  .max(8)
  .describe('In Meta’s form: HEADER, BODY, FOOTER, BUTTONS.')

const category = z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION'])

export const newTemplateBody = z
  .strictObject({
    wabaId: z
      .string()
      .max(40)
      .optional()
      .describe('Of which WhatsApp account; needed where the workspace has several.'),
    name: z
      .string()
      .regex(/^[a-z0-9_]+$/, 'Small letters, digits and underscores')
      .max(limits.templateNameChars)
      .openapi({ example: 'order_ready' }),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'A language as `es` or `es_ES`')
      .openapi({ example: 'en_US' }),
    category,
    named: z.boolean().default(false).describe('Variables have names; else they are counted.'),
    components,
  })
  .openapi('NewTemplate')
export type NewTemplate = z.infer<typeof newTemplateBody>

export const templateEditBody = z
  .strictObject({ category: category.optional(), components })
  .openapi('TemplateEdit')
export type TemplateEdit = z.infer<typeof templateEditBody>

export const syncSchema = z
  .object({
    templates: z.int().describe('How many Meta lists.'),
    accounts: z.int().describe('How many WhatsApp accounts were asked.'),
  })
  .openapi('TemplateSync')
